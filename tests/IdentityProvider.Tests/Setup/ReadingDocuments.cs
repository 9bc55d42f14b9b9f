using IdentityProvider.Roles;
using IdentityProvider.Setup;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Setup;

public sealed class ReadingDocuments : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Every_key_lands_where_it_belongs()
    {
        var file = await ReadAsync("""
            {
              "$schema": "./setup.schema.json", // comments are welcome
              "clients": [{
                "client_id": "web", "token_endpoint_auth_method": "none", "redirect_uris": ["https://a.example", "https://b.example"],
                "require_pkce": true, "access_token_lifetime": 600, "jwks": { "keys": [{ "kty": "RSA", "x5c": [null, true, 1.5] }] }, "logo_uri": null,
              }],
              "apis": [{ "identifier": "https://notes.example", "display_name": "Notes", "scopes": [{ "name": "notes:read", "description": "Read" }] }],
              "scopes": [{ "name": "team", "description": "Your team", "claims": ["team"] }],
              "roles": [{ "name": "editor", "permissions": ["notes:write"] }],
              "users": [{ "username": "ada", "email": "ada@example.com", "email_verified": true, "name": "Ada", "password": "fourteen words", "roles": ["editor"] }]
            }
            """);
        Assert.Empty(file.Problems);
        var client = Assert.Single(file.Document.Clients);
        Assert.Equal(["https://a.example", "https://b.example"], client.RedirectUris);
        Assert.Equal(600, client.AccessTokenLifetime);
        Assert.Equal("""{"keys":[{"kty":"RSA","x5c":[null,true,1.5]}]}""", client.Jwks!.Value.GetRawText());
        Assert.Null(client.LogoUri);
        Assert.Equal("notes:read", Assert.Single(Assert.Single(file.Document.Apis).Scopes).Name);
        Assert.Equal(["team"], Assert.Single(file.Document.Scopes).Claims);
        Assert.Equal(["notes:write"], Assert.Single(file.Document.Roles).Permissions);
        Assert.True(Assert.Single(file.Document.Users).EmailVerified);
    }

    [Fact]
    public async Task Unknown_keys_and_wrong_types_are_all_said_with_their_lines_and_the_nearest_name()
    {
        var file = await ReadAsync("""
            {
              "client": [],
              "clients": [
                {
                  "client_id": 7,
                  "redirect_uri": ["https://a.example"],
                  "require_pkce": "yes",
                  "access_token_lifetime": 1.5,
                  "redirect_uris":
                    "https://a.example"
                },
                "web"
              ],
              "users": [{ "username": "ada",
                "username": "eve",
                "shoe_size": 42 }]
            }
            """);
        Assert.Collection(
            file.Problems.Select(problem => (problem.Line, problem.Text)),
            p => Assert.Equal((2, "\"client\" is not a key of the document. Did you mean \"clients\"?"), p),
            p => Assert.Equal((5, "clients[0].client_id: is a number. Write a string."), p),
            p => Assert.Equal((6, "\"redirect_uri\" is not a key of clients[0]. Did you mean \"redirect_uris\"?"), p),
            p => Assert.Equal((7, "clients[0].require_pkce: is a string. Write true or false."), p),
            p => Assert.Equal((8, "clients[0].access_token_lifetime: is a number. Write a whole number."), p),
            p => Assert.Equal((10, "clients[0].redirect_uris: is a string. Write a list: [ ... ]."), p),
            p => Assert.Equal((12, "clients[1]: is a string. Write an object: { ... }."), p),
            p => Assert.Equal((15, "users[0].username: is given twice. Remove one."), p),
            p => Assert.Equal((16, "\"shoe_size\" is not a key of users[0]. Known are email, email_verified, name, password, password_hash, roles, totp_secret, username."), p));
        Assert.StartsWith($"{file.Path}:2: ", file.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\n  \"clients\": [\n}", 3)]
    [InlineData("", 1)]
    [InlineData("{}\n{}", 2)]
    [InlineData("{\n\"clients\": \"\\ud800\" }", 1)]
    [InlineData("[]", 1)]
    [InlineData("{ \"clients\":\n [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] }", 2)]
    public async Task What_is_no_json_object_is_said_with_its_line(string text, int line)
    {
        Assert.Equal(line, Assert.Single((await ReadAsync(text)).Problems).Line);
    }

    [Fact]
    public async Task A_byte_order_mark_and_windows_line_ends_do_not_move_the_lines()
    {
        var file = await ReadAsync("\ufeff{\r\n\r\n  \"userz\": []\r\n}");
        Assert.Equal("\"userz\" is not a key of the document. Did you mean \"users\"?", Assert.Single(file.Problems).Text);
        Assert.Equal(3, file.Problems[0].Line);
    }

    [Fact]
    public async Task A_missing_file_is_a_problem_not_a_crash()
    {
        var file = await SetupReader.ReadAsync(Path.Combine(workspace.Folder, "none.json"), default);
        Assert.Contains("none.json", Assert.Single(file.Problems).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_comes_from_the_environment_or_from_a_file_beside_the_document()
    {
        workspace.Write("password.txt", "correct horse\n");
        Environment.SetEnvironmentVariable("SETUP_TEST_SECRET", "a-secret-from-the-environment");
        var file = await ReadAsync("""
            {
              "clients": [{ "client_id": "a", "client_secret": { "env": "SETUP_TEST_SECRET" } }],
              "users": [{ "username": "ada", "password": { "file": "password.txt" } }]
            }
            """);
        Assert.Empty(file.Problems);
        Assert.Equal("a-secret-from-the-environment", file.Document.Clients[0].ClientSecret);
        Assert.Equal("correct horse", file.Document.Users[0].Password);
    }

    [Fact]
    public async Task A_reference_that_leads_nowhere_is_named_once()
    {
        workspace.Write("empty.txt", "\n");
        var path = workspace.Write("setup.json", """
            {
              "clients": [{ "client_id": "a", "redirect_uris": ["https://a.example"],
                "client_secret": { "env": "SETUP_TEST_NOT_SET" } }],
              "users": [
                { "username": "a", "password": { "file": "absent.txt" } },
                { "username": "b", "password_hash": { "file": "empty.txt" } },
                { "username": "c", "totp_secret": { "vault": "x" } },
                { "username": { "env": "PATH" } }
              ]
            }
            """);
        var problems = await SetupRunner.ValidateAsync([path], default);
        Assert.Collection(
            problems,
            p => Assert.Equal((3, true), (p.Line, p.Text.Contains("SETUP_TEST_NOT_SET is not set", StringComparison.Ordinal))),
            p => Assert.Equal((5, true), (p.Line, p.Text.Contains("absent.txt", StringComparison.Ordinal))),
            p => Assert.Equal((6, true), (p.Line, p.Text.Contains("empty.txt is empty", StringComparison.Ordinal))),
            p => Assert.Equal((7, true), (p.Line, p.Text.Contains("{ \"env\": \"NAME\" }", StringComparison.Ordinal))),
            p => Assert.Equal((8, "users[3].username: is an object. Write a string."), (p.Line, p.Text)));
    }

    /// <summary>A document says all that a role permits: what this server asks of administrators next must not be missing in the demo.</summary>
    [Fact]
    public async Task The_demo_leaves_the_seeded_roles_what_they_are_seeded_with()
    {
        var roles = (await SetupReader.ReadAsync(Path.Combine(Checkout.Root, "samples", "demo.json"), default)).Document.Roles.ToDictionary(role => role.Name, role => role.Permissions);
        Assert.All(SeededRoles.Permissions, seeded => Assert.Empty(seeded.Value.Except(roles[seeded.Key])));
    }

    private Task<SetupFile> ReadAsync(string text) => SetupReader.ReadAsync(workspace.Write("setup.json", text), default);
}
