using IdentityProvider.Setup;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public sealed class CheckingDocuments : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Theory]
    [InlineData("""{ "apis": [{ "identifier": "notes" }] }""", "apis[0].identifier: \"notes\" is not an absolute URI")]
    [InlineData("""{ "apis": [{ "identifier": "/notes" }] }""", "absolute")]
    [InlineData("""{ "apis": [{ "identifier": "https://notes.example#a" }] }""", "fragment")]
    [InlineData("""{ "apis": [{}] }""", "apis[0].identifier: is missing")]
    [InlineData("""{ "apis": [{ "identifier": "urn:a" }, { "identifier": "urn:a" }] }""", "apis[1].identifier: \"urn:a\" is described twice")]
    [InlineData("""{ "apis": [{ "identifier": "urn:a", "scopes": [{ "name": "x" }] }, { "identifier": "urn:b", "scopes": [{ "name": "x" }] }] }""", "apis[1].scopes[0].name: \"x\" is already a scope of urn:a")]
    [InlineData("""{ "apis": [{ "identifier": "urn:a", "scopes": [{ "name": "x" }] }], "scopes": [{ "name": "x" }] }""", "scopes[0].name: \"x\" is already a scope of urn:a")]
    [InlineData("""{ "apis": [{ "identifier": "urn:a", "scopes": [{ "name": "profile" }] }] }""", "always there")]
    [InlineData("""{ "scopes": [{ "name": "openid" }] }""", "always there")]
    [InlineData("""{ "scopes": [{ "name": "a b" }] }""", "scopes[0].name: has a space")]
    [InlineData("""{ "scopes": [{ "name": "team", "claims": ["team", "sub"] }] }""", "scopes[0].claims[1]: \"sub\" is written by the server")]
    [InlineData("""{ "scopes": [{ "name": "team", "claims": ["a b"] }] }""", "claims[0]: is not a claim name")]
    [InlineData("""{ "roles": [{ "name": "r", "permissions": ["everything"] }] }""", "roles[0].permissions[0]: \"everything\" is not a permission")]
    [InlineData("""{ "roles": [{ "name": "r", "permissions": ["a:b:mine"] }] }""", "not a permission")]
    [InlineData("""{ "roles": [{ "name": "" }] }""", "roles[0].name: is missing")]
    [InlineData("""{ "apis": [{ "identifier": "urn:a", "roles": ["user", "admni"] }] }""", "apis[0].roles[1]: \"admni\" is no role. Did you mean \"admin\"?")]
    [InlineData("""{ "apis": [{ "identifier": "urn:a", "scopes": [{ "name": "x", "permissions": ["notes", "notes:delete", "notes:*"] }] }] }""", "apis[0].scopes[0].permissions[2]: \"notes:*\" is neither a permission nor a resource")]
    [InlineData("""{ "groups": [{ "name": "" }] }""", "groups[0].name: is missing")]
    [InlineData("""{ "groups": [{ "name": "a" }, { "name": "a" }] }""", "groups[1].name: \"a\" is described twice")]
    [InlineData("""{ "groups": [{ "name": "team", "roles": ["admni"], "groups": [] }] }""", "groups[0].roles[0]: \"admni\" is no role. Did you mean \"admin\"?")]
    [InlineData("""{ "groups": [{ "name": "team", "groups": ["teem"] }] }""", "groups[0].groups[0]: \"teem\" is no group. Did you mean \"team\"?")]
    [InlineData("""{ "groups": [{ "name": "team", "members": ["nobody"] }] }""", "groups[0].members[0]: \"nobody\" is no user.")]
    [InlineData("""{ "groups": [{ "name": "a", "groups": ["b"] }, { "name": "b", "groups": ["a"] }] }""", "would lie in itself")]
    [InlineData("""{ "providers": [{ "name": "Corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us" }] }""", "providers[0].name: is not a short name")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "http://id.example", "client_id": "us" }] }""", "providers[0].issuer: is not an issuer")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example?a=b", "client_id": "us" }] }""", "providers[0].issuer: is not an issuer")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "claims": { "nmae": "full" } }] }""", "Did you mean \"name\"?")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "scopes": ["email"] }] }""", "providers[0].scopes: has no openid")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "client_id": "us" }] }""", "providers[0].issuer: is missing")]
    [InlineData("""{ "providers": [{ "name": "google", "kind": "google", "client_id": "us" }] }""", "providers[0].client_secret: is missing")]
    [InlineData("""{ "providers": [{ "name": "google", "kind": "google", "client_id": "us", "client_secret": "s", "token_endpoint": "https://google.example/token" }] }""", "providers[0].token_endpoint: is Google's own")]
    [InlineData("""{ "providers": [{ "name": "hub", "kind": "oauth2", "display_name": "Hub", "client_id": "us", "client_secret": "s", "authorization_endpoint": "https://a.example", "token_endpoint": "https://a.example" }] }""", "providers[0].userinfo_endpoint: is missing")]
    [InlineData("""{ "providers": [{ "name": "hub", "display_name": "Hub", "issuer": "https://id.example", "client_id": "us", "claims": { "mail": "email" } }] }""", "Did you mean \"email\"?")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "domains": ["nowhere"] }] }""", "providers[0].domains[0]: is no domain")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "create_accounts": true }] }""", "Did you mean \"creates_accounts\"?")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "role_rules": [{ "claim": "groups", "value": "a", "role": "admni" }] }] }""", "providers[0].role_rules[0].role: \"admni\" is no role. Did you mean \"admin\"?")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "role_rules": [{ "claim": "groups", "role": "admin" }] }] }""", "providers[0].role_rules[0].value: is missing")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://{tenantid}.example/v2", "client_id": "us" }] }""", "providers[0].issuer: is not an issuer")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example/{tenant}/v2", "client_id": "us" }] }""", "providers[0].issuer: has a brace")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us", "tenants": ["a"] }] }""", "providers[0].tenants: is only for an issuer with {tenantid}")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example/{tenantid}/v2", "client_id": "us", "tenants": ["a/b"] }] }""", "providers[0].tenants[0]: is no tenant")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example/{tenantid}/v2", "client_id": "us", "trusts_email": true }] }""", "providers[0].trusts_email: is true for the addresses of every tenant")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us" }], "removed_providers": ["corp"] }""", "removed_providers[0]: \"corp\" is described under providers, too")]
    [InlineData("""{ "providers": [{ "name": "corp", "display_name": "Corp", "issuer": "https://id.example", "client_id": "us" }], "clients": [{ "client_id": "c", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example"], "providers": ["crop"] }] }""", "clients[0].providers[0]: \"crop\" is no provider. Did you mean \"corp\"?")]
    [InlineData("""{ "webhooks": [{ "url": "https://a.example/", "events": ["*"] }] }""", "webhooks[0].secret: is missing, and nobody would see one")]
    [InlineData("""{ "webhooks": [{ "url": "http://a.example/", "events": ["*"], "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" }] }""", "webhooks[0].url: ")]
    [InlineData("""{ "webhooks": [{ "url": "https://a.example/", "events": ["Sessions"], "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" }] }""", "webhooks[0].events[0]: \"Sessions\" names no events")]
    [InlineData("""{ "webhooks": [{ "url": "https://a.example/", "events": ["*"], "secret": "whsec_c2hvcnQ=" }] }""", "webhooks[0].secret: is no secret of a webhook")]
    [InlineData("""{ "webhooks": [{ "url": "https://a.example/", "events": [], "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" }] }""", "webhooks[0].events: has 0 entries")]
    [InlineData("""{ "webhooks": [{ "url": "https://a.example/", "events": ["*"], "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" }, { "url": "https://a.example/", "events": ["*"], "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz" }] }""", "webhooks[1].url: \"https://a.example/\" is described twice")]
    [InlineData("""{ "users": [{ "username": "ada", "roles": ["admni"] }] }""", "users[0].roles[0]: \"admni\" is no role. Did you mean \"admin\"?")]
    [InlineData("""{ "users": [{ "username": "ada" }, { "username": "ADA" }] }""", "users[1].username: \"ADA\" is described twice")]
    [InlineData("""{ "users": [{ "username": "ada", "email": "a@example.com" }, { "username": "eve", "email": "A@Example.com" }] }""", "users[1].email: \"A@EXAMPLE.COM\" is already")]
    [InlineData("""{ "users": [{ "username": "ada", "email": "a@example.com" }, { "username": "a@example.com" }] }""", "users[1].username: \"A@EXAMPLE.COM\" is already")]
    [InlineData("""{ "users": [{ "username": " ada" }] }""", "users[0].username: has")]
    [InlineData("""{ "users": [{ "username": "ada", "email": "ada" }] }""", "users[0].email: is not a mail address")]
    [InlineData("""{ "users": [{ "username": "ada", "email": "ada@ex\u00e4mple.com" }] }""", "users[0].email: is not a mail address in ASCII")]
    [InlineData("""{ "users": [{ "username": "ada", "email_verified": true }] }""", "users[0].email_verified: is true")]
    [InlineData("""{ "users": [{ "username": "ada", "password_hash": "plain" }] }""", "users[0].password_hash: is in no known format")]
    [InlineData("""{ "users": [{ "username": "ada", "password": "" }] }""", "users[0].password: has 0 characters")]
    [InlineData("""{ "users": [{ "username": "ada", "password": "too short" }] }""", "users[0].password: does not keep the rules. Use at least 12 characters.")]
    [InlineData("""{ "users": [{ "username": "ada", "password": "password123456" }] }""", "users[0].password: does not keep the rules. Choose another password")]
    [InlineData("""{ "users": [{ "username": "ada", "totp_secret": "JBSWY3DPEHPK3PXP" }] }""", "users[0].totp_secret: has 80 bits")]
    [InlineData("""{ "users": [{ "username": "ada", "totp_secret": "0BSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" }] }""", "users[0].totp_secret: is not base32")]
    [InlineData("""{ "clients": [{ "client_id": "c", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example"], "scope": "openid profil" }] }""", "clients[0].scope: \"profil\" is no scope. Did you mean \"profile\"?")]
    [InlineData("""{ "clients": [{ "client_id": "c", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example", "ftp://b"] }] }""", "clients[0].redirect_uris[1]: \"ftp://b\" uses the scheme ftp")]
    public async Task A_document_that_cannot_work_is_refused(string document, string says)
    {
        var problem = Assert.Single(await SetupRunner.ValidateAsync([workspace.Write("setup.json", document)], default));
        Assert.Contains(says, problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_and_a_hash_at_once_are_refused()
    {
        var hash = await SetupBench.Passwords.HashAsync("fourteen words", default);
        var problem = Assert.Single(await SetupRunner.ValidateAsync([workspace.Write("setup.json", $$"""{ "users": [{ "username": "a", "password": "fourteen words", "password_hash": "{{hash}}" }] }""")], default));
        Assert.StartsWith("users[0].password_hash: is given beside password", problem.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_stands_at_the_line_of_its_value()
    {
        var path = workspace.Write("setup.json", """
            { "clients": [
                {
                  "client_id": "c",
                  "redirect_uris": [
                    "https://a.example",
                    "ftp://b.example"
                  ],
                  "scope": "openid nonsense"
                }
              ]
            }
            """);
        var problems = await SetupRunner.ValidateAsync([path], default);
        Assert.Equal(
            [(2, "clients[0].client_secret"), (6, "clients[0].redirect_uris[1]"), (8, "clients[0].scope")],
            problems.Select(problem => (problem.Line, problem.Text.Split(':')[0])));
    }

    [Fact]
    public async Task Documents_may_lean_on_each_other_but_not_describe_the_same_thing()
    {
        var client = """{ "client_id": "c", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example"], "scope": "openid notes:read" }""";
        var first = workspace.Write("a.json", $$"""{ "clients": [{{client}}], "users": [{ "username": "ada", "roles": ["editor", "user"] }] }""");
        var second = workspace.Write("b.json", """{ "apis": [{ "identifier": "https://notes.example", "scopes": [{ "name": "notes:read" }] }], "roles": [{ "name": "editor" }] }""");
        var third = workspace.Write("c.json", $$"""{ "clients": [{{client}}] }""");

        Assert.Empty(await SetupRunner.ValidateAsync([first, second], default));
        Assert.Equal(2, (await SetupRunner.ValidateAsync([first], default)).Count);
        var twice = Assert.Single(await SetupRunner.ValidateAsync([first, second, third], default));
        Assert.Equal(third, twice.File);
        Assert.Contains(first, twice.Text, StringComparison.Ordinal);
    }
}
