using System.Text.Json;
using IdentityProvider.Clients;
using Xunit;

namespace IdentityProvider.Tests.Clients;

public class RefusingClients
{
    private const string Rsa = "u1W_AUVt4nbVEpDUdvG0nv3Bc3Cst5LoHDTWtJ3SHZ1bHgYQQUWkuP2UvNCjM2KKAhfTWU5ZYUDGJmmK7TzPlmfCtCBH1WwvHBpLlaFuxOUBRK8vf2Rq1LuNUYB9DYBoz4ZhyLVQkPFbgBVZG3qsSrvHtO7JBJXAqCzvWJrM5bZ9mHTUsXhm1lYF0CJKDdB0HvNUEuGqYkOcqcQQZ8kyDVAdVbK1zSm1AC3CmQDzZgfcKLvUgtu6W0QjbZK7wAPnsLJOC3JfHHv1u3hMFI0NuUHPkMSkEKL8GXEHUqZQFCn3Hvd7q3QgEJhBbKzFyzU8eGv8TfKjtCNk1vm0M6Zz4Q";
    private const string EcX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", EcY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    public static TheoryData<string, string, string> Wrong => new()
    {
        { "client_id", """{ "client_id": "" }""", "missing" },
        { "client_id", """{ "client_id": "a b" }""", "space" },
        { "client_id", """{ "client_id": "émile" }""", "ASCII" },
        { "client_secret", """{ "client_secret": null }""", "missing" },
        { "client_secret", """{ "client_secret": "too-short" }""", "9 characters" },
        { "client_secret", """{ "client_secret": "pässword-of-enough-characters" }""", "ASCII" },
        { "client_secret", """{ "token_endpoint_auth_method": "none" }""", "Remove" },
        { "token_endpoint_auth_method", """{ "token_endpoint_auth_method": "client_secret_basik" }""", "client_secret_basic" },
        { "token_endpoint_auth_method", """{ "token_endpoint_auth_method": "client_secret_jwt" }""", "not offered" },
        { "grant_types[0]", """{ "grant_types": ["implicit"] }""", "RFC 9700" },
        { "grant_types[1]", """{ "grant_types": ["authorization_code", "password"] }""", "RFC 9700" },
        { "grant_types[0]", """{ "grant_types": ["authorisation_code"] }""", "Did you mean \"authorization_code\"?" },
        { "grant_types", """{ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none", "client_secret": null }""", "Give it a secret" },
        { "grant_types", """{ "grant_types": ["client_credentials", "refresh_token"] }""", "refresh_token" },
        { "grant_types", """{ "grant_types": [], "token_endpoint_auth_method": "none", "client_secret": null }""", "introspects" },
        { "response_types[0]", """{ "response_types": ["token"] }""", "RFC 9700" },
        { "response_types[0]", """{ "response_types": ["code id_token"] }""", "not offered" },
        { "response_types", """{ "response_types": [] }""", "lacks code" },
        { "response_types", """{ "grant_types": ["client_credentials"], "response_types": ["code"] }""", "lacks authorization_code" },
        { "require_pkce", """{ "require_pkce": false, "token_endpoint_auth_method": "none", "client_secret": null }""", "public" },
        { "redirect_uris", """{ "redirect_uris": [] }""", "at least one" },
        { "post_logout_redirect_uris[0]", """{ "post_logout_redirect_uris": ["http://app.example"] }""", "https" },
        { "application_type", """{ "application_type": "desktop" }""", "web, native" },
        { "consent", """{ "consent": "never" }""", "explicit, implicit" },
        { "id_token_signed_response_alg", """{ "id_token_signed_response_alg": "none" }""", "RS256" },
        { "logo_uri", """{ "logo_uri": "http://app.example/logo.svg" }""", "https" },
        { "logo_uri", """{ "logo_uri": "data:image/svg+xml,x" }""", "https" },
        { "client_uri", """{ "client_uri": "//app.example" }""", "absolute" },
        { "policy_uri", """{ "policy_uri": "javascript:alert(1)" }""", "https" },
        { "tos_uri", """{ "tos_uri": "https://" }""", "absolute" },
        { "backchannel_logout_uri", """{ "backchannel_logout_uri": "https://app.example/#x" }""", "fragment" },
        { "contacts[1]", """{ "contacts": ["a@example.com", "nobody"] }""", "mail address" },
        { "authorization_code_lifetime", """{ "authorization_code_lifetime": 601 }""", "10 to 600" },
        { "access_token_lifetime", """{ "access_token_lifetime": 59 }""", "60 to 3600" },
        { "id_token_lifetime", """{ "id_token_lifetime": 3601 }""", "60 to 3600" },
        { "refresh_token_lifetime", """{ "refresh_token_lifetime": 31536001 }""", "60 to 31536000" },
        { "device_code_lifetime", """{ "device_code_lifetime": -1 }""", "60 to 1800" },
        { "scope", """{ "scope": "openid \"quoted\"" }""", "quote" },
        { "scope", """{ "scope": "openid offline_access" }""", "refresh_token" },
        { "jwks", """{ "token_endpoint_auth_method": "private_key_jwt", "client_secret": null }""", "public keys" },
        { "jwks", """{ "jwks": { "keys": [] } }""", "0 keys" },
        { "jwks", """{ "jwks": { "kty": "RSA" } }""", "key set" },
        { "jwks", """{ "jwks": { "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] } }""", "symmetric" },
        { "jwks", """{ "jwks": { "keys": [{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA" }] } }""", "private member \"d\"" },
        { "jwks", """{ "jwks": { "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB", "p": "AA" }] } }""", "private member \"p\"" },
        { "jwks", """{ "jwks": { "keys": [{ "kty": "RSA", "n": "AQAB", "e": "AQAB" }] } }""", "24 bits" },
        { "jwks", "{ \"jwks\": { \"keys\": [{ \"kty\": \"RSA\", \"n\": \"" + Rsa + "\", \"e\": \"AQ\" }] } }", "exponent" },
        { "jwks", "{ \"jwks\": { \"keys\": [{ \"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"" + EcX + "\", \"y\": \"" + EcX + "\" }] } }", "curve" },
        { "jwks", "{ \"jwks\": { \"keys\": [{ \"kty\": \"EC\", \"crv\": \"P-256\", \"use\": \"enc\", \"x\": \"" + EcX + "\", \"y\": \"" + EcY + "\" }] } }", "signatures" },
        { "jwks", "{ \"jwks\": { \"keys\": [{ \"kty\": \"EC\", \"crv\": \"P-256\", \"alg\": \"HS256\", \"x\": \"" + EcX + "\", \"y\": \"" + EcY + "\" }] } }", "alg" },
        { "jwks", """{ "jwks": { "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": "AA" }] } }""", "RSA or EC" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_value_is_said_at_its_property_with_the_remedy(string property, string change, string says)
    {
        var problem = Assert.Single(With(change).Validate());
        Assert.Equal(property, problem.Property);
        Assert.Contains(says, problem.Text, StringComparison.Ordinal);
        Assert.True(problem.Text[^1] is '.' or '?', problem.Text);
    }

    [Fact]
    public void Too_much_is_refused()
    {
        var client = DescribingClients.Web();
        client.ClientId = new string('c', 101);
        client.RedirectUris = [.. Enumerable.Range(0, 51).Select(i => $"https://app.example/{i}")];
        client.Contacts = [.. Enumerable.Range(0, 21).Select(i => $"{i}@example.com")];
        client.Scope = string.Join(' ', Enumerable.Range(0, 51).Select(i => $"s{i}"));
        Assert.Equal(["client_id", "contacts", "redirect_uris", "scope"], client.Validate().Select(problem => problem.Property).Order());
    }

    [Fact]
    public void Everything_wrong_is_said_at_once()
    {
        var problems = With("""{ "client_id": "", "grant_types": ["password"], "redirect_uris": ["ftp://x", "https://ok.example"], "consent": "no", "id_token_lifetime": 1 }""").Validate();
        Assert.Equal(["client_id", "consent", "grant_types[0]", "id_token_lifetime", "redirect_uris[0]"], problems.Select(problem => problem.Property).Order());
    }

    [Fact]
    public void No_secret_is_repeated_in_a_problem()
    {
        var client = DescribingClients.Web();
        client.ClientSecret = "hunter2";
        Assert.DoesNotContain(client.Validate(), problem => problem.Text.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Public_keys_of_both_kinds_are_taken()
    {
        var set = "{ \"keys\": [{ \"kty\": \"RSA\", \"use\": \"sig\", \"alg\": \"PS256\", \"n\": \"" + Rsa + "\", \"e\": \"AQAB\" }, { \"kty\": \"EC\", \"crv\": \"P-256\", \"x\": \"" + EcX + "\", \"y\": \"" + EcY + "\" }] }";
        Assert.Empty(With("{ \"token_endpoint_auth_method\": \"private_key_jwt\", \"client_secret\": null, \"jwks\": " + set + " }").Validate());
    }

    [Fact]
    public void An_api_that_introspects_is_named_like_its_identifier()
    {
        Assert.Empty(new ClientMetadata { ClientId = "https://notes.example", ClientSecret = new string('s', 32), GrantTypes = [] }.Validate());
    }

    private static ClientMetadata With(string change)
    {
        var options = new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };
        var json = JsonSerializer.SerializeToNode(DescribingClients.Web(), options)!.AsObject();
        foreach (var (name, value) in System.Text.Json.Nodes.JsonNode.Parse(change)!.AsObject())
            json[name] = value?.DeepClone();
        return json.Deserialize<ClientMetadata>(options)!;
    }
}
