namespace IdentityProvider.Tests.Testing;

/// <summary>The deployment that most tests run against.</summary>
internal static class TestDocument
{
    public const string Api = "https://notes.test", OtherApi = "https://photos.test";
    public const string Secret = "a-test-secret-of-more-than-256-bits-0123456789";
    public const string Password = "correct horse battery";
    public const string TotpSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    public const string Callback = "https://client.test/callback";

    /// <summary>
    /// web: confidential, explicit consent; trusted: the same, first-party; nopkce: without the PKCE requirement;
    /// spa: public; native: loopback; pushed: must use PAR; device: TV; worker: client credentials.
    /// </summary>
    public const string Json = $$"""
        {
          "clients": [
            { "client_id": "web", "client_name": "Web", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_basic",
              "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": ["{{Callback}}", "https://client.test/other?a=b"],
              "post_logout_redirect_uris": ["https://client.test/bye"], "client_uri": "https://client.test",
              "scope": "openid profile email phone address roles offline_access notes:read notes:write photos:read" },
            { "client_id": "trusted", "client_name": "Trusted", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_post",
              "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": ["{{Callback}}"], "post_logout_redirect_uris": ["https://client.test/bye"],
              "scope": "openid profile email roles offline_access notes:read notes:write photos:read", "consent": "implicit" },
            { "client_id": "nopkce", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_post", "require_pkce": false,
              "redirect_uris": ["{{Callback}}"], "scope": "openid profile", "consent": "implicit" },
            { "client_id": "spa", "token_endpoint_auth_method": "none", "grant_types": ["authorization_code", "refresh_token"],
              "redirect_uris": ["https://spa.test/callback"], "scope": "openid profile offline_access notes:read", "consent": "implicit" },
            { "client_id": "native", "token_endpoint_auth_method": "none", "application_type": "native", "grant_types": ["authorization_code", "refresh_token"],
              "redirect_uris": ["http://127.0.0.1/callback", "http://localhost/callback", "com.example.app:/callback"], "scope": "openid profile offline_access notes:read" },
            { "client_id": "pushed", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_basic", "require_pushed_authorization_requests": true,
              "redirect_uris": ["{{Callback}}"], "scope": "openid profile", "consent": "implicit" },
            { "client_id": "device", "client_name": "Living room TV", "token_endpoint_auth_method": "none", "application_type": "native",
              "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"], "scope": "openid profile offline_access notes:read" },
            { "client_id": "device2", "token_endpoint_auth_method": "none", "application_type": "native",
              "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "scope": "openid profile" },
            { "client_id": "worker", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_basic", "grant_types": ["client_credentials"],
              "scope": "notes:read notes:write photos:read" },
            { "client_id": "{{Api}}", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_basic", "grant_types": [] },
            { "client_id": "{{OtherApi}}", "client_secret": "{{Secret}}", "token_endpoint_auth_method": "client_secret_basic", "grant_types": [] }
          ],
          "apis": [
            { "identifier": "{{Api}}", "display_name": "Notes", "roles": ["admin", "user"], "scopes": [ { "name": "notes:read", "description": "Read your notes" }, { "name": "notes:write", "description": "Write notes for you" } ] },
            { "identifier": "{{OtherApi}}", "display_name": "Photos", "scopes": [ { "name": "photos:read", "description": "See your photos" } ] }
          ],
          "roles": [ { "name": "admin", "permissions": ["users:read"] } ],
          "users": [
            { "username": "ada", "email": "ada@example.test", "email_verified": true, "name": "Ada Lovelace", "password": "{{Password}}", "roles": ["admin", "user"] },
            { "username": "grace", "email": "grace@example.test", "name": "Grace Hopper", "password": "{{Password}}" },
            { "username": "otp", "email": "otp@example.test", "name": "Otto Tipp", "password": "{{Password}}", "totp_secret": "{{TotpSecret}}" }
          ]
        }
        """;
}
