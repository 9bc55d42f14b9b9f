using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityProvider.Roles;
using IdentityProvider.Setup.Import;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Setup;

/// <summary>People come from other systems with their hashes and sign in with the passwords they had.</summary>
public sealed class ImportingUsers : IAsyncLifetime
{
    private const string Password = "moved in with my hash 7";
    private readonly Workspace workspace = new();
    private readonly StringWriter report = new();
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync();

    public async Task DisposeAsync()
    {
        await host.DisposeAsync();
        workspace.Dispose();
    }

    [Fact]
    public async Task Hashes_of_every_known_system_sign_in_and_are_replaced_by_ours()
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        var hashes = new Dictionary<string, string>
        {
            ["argon"] = Argon2idHash.Create(Password, 8192, 1).ToString(),
            ["bcrypt"] = BCrypt.Net.BCrypt.HashPassword(Password, 6),
            ["identity"] = new PasswordHasher<User>().HashPassword(new User(), Password),
            ["pbkdf"] = Pbkdf2Hash.Create(HashAlgorithmName.SHA512, 1000, salt, Rfc2898DeriveBytes.Pbkdf2(Password, salt, 1000, HashAlgorithmName.SHA512, 64))!.ToString(),
        };
        var file = workspace.Write("users.ndjson", string.Join('\n', hashes.Select(hash => JsonSerializer.Serialize(new { username = hash.Key, email = $"{hash.Key}@moved.test", email_verified = true, password_hash = hash.Value }))));
        Assert.Equal(new ImportCounts(4, 0, 0), await ImportAsync(UserFormat.Native, file));

        foreach (var name in hashes.Keys)
        {
            Assert.StartsWith(TestDocument.Callback, (await SignInAsync(name)).ToString(), StringComparison.Ordinal);
            var now = await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == name).Select(u => u.PasswordHash).SingleAsync());
            Assert.StartsWith("$argon2id$v=19$m=19456", now, StringComparison.Ordinal);
        }

        // Run again: who is here stays as they are now.
        Assert.Equal(new ImportCounts(0, 4, 0), await ImportAsync(UserFormat.Native, file));
        Assert.StartsWith(TestDocument.Callback, (await SignInAsync("bcrypt")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_keycloak_realm_comes_with_subjects_hashes_and_authenticators_and_without_roles()
    {
        var (salt, id) = (RandomNumberGenerator.GetBytes(16), Guid.CreateVersion7());
        var pbkdf2 = Convert.ToBase64String(Rfc2898DeriveBytes.Pbkdf2(Password, salt, 27500, HashAlgorithmName.SHA256, 64));
        var argon2 = Argon2idHash.Create(Password, 7168, 5);
        string Json(object value) => JsonSerializer.Serialize(value);
        var secret = Json(new { value = pbkdf2, salt = Convert.ToBase64String(salt), additionalParameters = new { } });
        var realm = Json(new
        {
            realm = "shop",
            roles = new { realm = new[] { new { name = "admin" } } },
            users = new object[]
            {
                new
                {
                    id, username = "kim", email = "kim@moved.test", emailVerified = true, enabled = true, firstName = "Kim", lastName = "Moved", createdTimestamp = 1_600_000_000_000, realmRoles = new[] { "admin" },
                    credentials = new[] { new { type = "password", secretData = secret, credentialData = Json(new { hashIterations = 27500, algorithm = "pbkdf2-sha256" }) } },
                },
                new
                {
                    id = Guid.CreateVersion7(), username = "lee", enabled = true,
                    credentials = new[]
                    {
                        new
                        {
                            type = "password", secretData = Json(new { value = Convert.ToBase64String(argon2.Value), salt = Convert.ToBase64String(argon2.Salt) }),
                            credentialData = Json(new { hashIterations = 5, algorithm = "argon2", additionalParameters = new { type = new[] { "id" }, version = new[] { "1.3" }, memory = new[] { "7168" }, parallelism = new[] { "1" } } }),
                        },
                        new { type = "otp", secretData = Json(new { value = "raw-secret-of-20-byte" }), credentialData = Json(new { subType = "totp", digits = 6, period = 30, algorithm = "HmacSHA1" }) },
                    },
                },
                new { username = "off", enabled = false },
                new { username = "hotp", enabled = true, credentials = new[] { new { type = "otp", secretData = "{}", credentialData = Json(new { subType = "hotp", digits = 8 }) } } },
                new { username = "scrypt", enabled = true, credentials = new[] { new { type = "password", secretData = secret, credentialData = Json(new { hashIterations = 1, algorithm = "scrypt" }) } } },
            },
            clients = new[] { new { clientId = "x" } },
        });
        Assert.Equal(new ImportCounts(3, 0, 2), await ImportAsync(UserFormat.Keycloak, workspace.Write("realm.json", realm)));
        Assert.Contains(":4: \"hotp\" has an authenticator app with other codes", report.ToString(), StringComparison.Ordinal);
        Assert.Contains(":5: \"scrypt\" has a password hash (scrypt) that this server cannot check", report.ToString(), StringComparison.Ordinal);

        var kim = await host.InStoreAsync(db => db.Set<User>().SingleAsync(u => u.UserName == "kim"));
        Assert.Equal((id, "Kim Moved", true, 2020), (kim.Id, kim.Name, kim.EmailConfirmed, kim.CreatedAt.Year));
        Assert.False(await host.InStoreAsync(db => db.Set<UserRole>().AnyAsync(r => r.UserId == id)));
        Assert.StartsWith(TestDocument.Callback, (await SignInAsync("kim")).ToString(), StringComparison.Ordinal);

        // The second factor moved in too: the password alone is not enough.
        Assert.Equal("/mfa", (await SignInAsync("lee")).AbsolutePath);
        Assert.Equal("/login", (await SignInAsync("off")).AbsolutePath);
    }

    [Fact]
    public async Task Rows_of_asp_net_identity_and_of_auth0_are_read()
    {
        var id = Guid.CreateVersion7();
        var rows = JsonSerializer.Serialize(new object[]
        {
            new { Id = id.ToString(), UserName = "ann", Email = "ann@moved.test", EmailConfirmed = 1, PasswordHash = new PasswordHasher<User>().HashPassword(new User(), Password), LockoutEnabled = true, LockoutEnd = (string?)null, SecurityStamp = "x" },
            new { Id = "not-a-guid", UserName = "ban", Email = "ban@moved.test", EmailConfirmed = true, LockoutEnabled = true, LockoutEnd = "9999-12-31T23:59:59+00:00" },
        });
        Assert.Equal(new ImportCounts(2, 0, 0), await ImportAsync(UserFormat.AspNetIdentity, workspace.Write("aspnet.json", rows)));
        Assert.Equal(id, await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ann" && u.EmailConfirmed && u.DisabledAt == null).Select(u => u.Id).SingleAsync()));
        Assert.True(await host.InStoreAsync(db => db.Set<User>().AnyAsync(u => u.UserName == "ban" && u.DisabledAt != null)));
        Assert.StartsWith(TestDocument.Callback, (await SignInAsync("ann")).ToString(), StringComparison.Ordinal);

        var auth0 = $$"""
            {"_id":{"$oid":"5f"},"email":"zoe@moved.test","email_verified":true,"passwordHash":"{{BCrypt.Net.BCrypt.HashPassword(Password, 6)}}","tenant":"t","connection":"db","_tmp_is_unique":true}
            """;
        Assert.Equal(new ImportCounts(1, 0, 0), await ImportAsync(UserFormat.Auth0, workspace.Write("auth0.json", auth0)));
        Assert.StartsWith(TestDocument.Callback, (await SignInAsync("zoe@moved.test")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_refused_is_named_with_the_reason_and_keeps_nobody_out()
    {
        var file = workspace.Write("users.ndjson", """
            {"username":"good","email":"good@moved.test"}
            {"username":"ADA"}
            {"username":"new","email":"ada@example.test"}
            {"username":"good2","email":"GOOD@moved.test"}
            {"username":"weak","password":"password1234"}
            {"username":"md5","password_hash":"5f4dcc3b5aa765d61d8327deb882cf99"}
            {"username":"boss","roles":["admn"]}
            {"username":"typo","pasword_hash":"x"}
            {"email":"not an address"}
            not json
            [1]
            {"username":"last","roles":["user"],"password":"a long phrase of mine 42"}
            """);
        Assert.Equal(new ImportCounts(2, 0, 10), await ImportAsync(UserFormat.Native, file, dryRun: true));
        Assert.False(await host.InStoreAsync(db => db.Set<User>().AnyAsync(u => u.UserName == "good")));
        report.GetStringBuilder().Clear();
        Assert.Equal(new ImportCounts(2, 0, 10), await ImportAsync(UserFormat.Native, file));
        var said = report.ToString();
        Assert.Contains($"{file}:2: \"ADA\" has a name that somebody here bears already", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:3: \"new\" has an address that belongs to somebody here already", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:4: \"good2\" has an address", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:5: \"weak\" password does not keep the rules", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:6: \"md5\" password_hash is in no known format", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:7: \"boss\" has the role \"admn\", which is none here. Did you mean \"admin\"?", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:8: \"typo\" \"pasword_hash\" is not a key of a user. Did you mean \"password_hash\"?", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:9: ", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:10: is no JSON object", said, StringComparison.Ordinal);
        Assert.Contains($"{file}:11: is no JSON object", said, StringComparison.Ordinal);
        Assert.DoesNotContain("5f4dcc3b", said, StringComparison.Ordinal);
        Assert.Equal(2, await host.InStoreAsync(db => db.Set<User>().CountAsync(u => u.UserName == "good" || u.UserName == "last")));
    }

    [Fact]
    public async Task A_realm_of_thousands_streams_and_a_file_cut_short_keeps_what_came_before()
    {
        const int Count = 5_000;
        var realm = new StringBuilder("{\"realm\":\"x\",\"users\":[");
        for (var i = 0; i < Count; i++)
            realm.Append(CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"username\":\"u{i}\",\"email\":\"u{i}@many.test\",\"enabled\":true,\"attributes\":{{\"note\":[\"{new string('x', i % 700)}\"]}}}}");
        var file = workspace.Write("realm.json", realm.ToString());
        Assert.Equal(new ImportCounts(Count, 0, 1), await ImportAsync(UserFormat.Keycloak, file));
        Assert.Contains("the rest is no JSON", report.ToString(), StringComparison.Ordinal);
        Assert.Equal(Count, await host.InStoreAsync(db => db.Set<User>().CountAsync(u => u.Email!.EndsWith("@many.test"))));
    }

    private async Task<ImportCounts> ImportAsync(UserFormat format, string file, bool dryRun = false)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<UserImport>().RunAsync(format, file, report, dryRun, CancellationToken.None);
    }

    private async Task<Uri> SignInAsync(string username)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        return (await browser.SubmitAsync("Sign in", ("username", username), ("password", Password))).Url;
    }
}
