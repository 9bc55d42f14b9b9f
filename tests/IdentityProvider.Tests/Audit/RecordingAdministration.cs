using System.Net;
using IdentityProvider.PersonalData;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>What administrators and documents do, with its record or not at all.</summary>
public sealed class RecordingAdministration
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task Keys_and_accounts_stay_as_they_are_where_who_changed_them_cannot_be_recorded()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Document = RightsBench.Document("keys:manage", "users:manage") });
        var bench = new RightsBench(host, clock);
        var (ada, grace, reader) = (await bench.TokenAsync("ada"), await bench.SubAsync("grace"), await bench.SubAsync("reader"));
        Assert.Equal(HttpStatusCode.Accepted, (await bench.SendAsync(HttpMethod.Delete, $"users/{reader}", ada)).Status);
        var before = await StateAsync(host);
        await host.AuditAsync();
        await host.SqlAsync("""CREATE TRIGGER broken BEFORE INSERT ON "AuditRecords" WHEN NEW."Name" LIKE '%by_administrator' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END""");
        var requests = new (HttpMethod Method, string Path, object? Body)[]
        {
            (HttpMethod.Post, "keys/rotate", null), (HttpMethod.Post, "keys/replace", new { confirm = host.Issuer.ToString().TrimEnd('/') }), (HttpMethod.Delete, $"users/{grace}", null), (HttpMethod.Post, $"users/{reader}/restore", null),
        };
        foreach (var (method, path, body) in requests)
            Assert.InRange((int)(await bench.SendAsync(method, path, ada, body)).Status, 500, 599);
        Assert.Equal(before, await StateAsync(host));

        await host.SqlAsync("DROP TRIGGER broken");
        foreach (var (method, path, body) in requests.Where(request => !request.Path.EndsWith("replace", StringComparison.Ordinal)))
            Assert.InRange((int)(await bench.SendAsync(method, path, ada, body)).Status, 200, 299);
        var actor = (await bench.SubAsync("ada")).ToString();
        Assert.Equal(
            [("account.closed_by_administrator", grace.ToString()), ("account.closed_by_administrator", reader.ToString()), ("account.restored_by_administrator", reader.ToString()), ("signing_keys.rotated_by_administrator", null)],
            (await host.AuditAsync()).Where(r => r.Name.EndsWith("by_administrator", StringComparison.Ordinal) && r.ActorId == actor).Select(r => (r.Name, r.TargetId)).OrderBy(r => r.Name, StringComparer.Ordinal).ThenBy(r => r.TargetId == reader.ToString()));
    }

    [Fact]
    public async Task A_setup_document_leaves_what_it_made_changed_and_removed_and_no_secret()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using (var first = await IdpHost.StartAsync(new IdpSetup { Database = database.Options }))
        {
            var made = Assert.Single(await first.AuditAsync(), r => r.Name == "setup.applied");
            Assert.Contains("clients/web; ", made.Details, StringComparison.Ordinal);
            Assert.DoesNotContain("ada", made.Details, StringComparison.Ordinal);
        }

        const string OtherSecret = "another-secret-of-more-than-256-bits-9876543210", OtherPassword = "correct horse staple battery";
        var document = TestDocument.Json
            .Replace("\"client_name\": \"Web\", \"client_secret\": \"" + TestDocument.Secret + "\"", "\"client_name\": \"The Web\", \"client_secret\": \"" + OtherSecret + "\"", StringComparison.Ordinal)
            .Replace("[\"users:read\"]", "[\"users:read\", \"roles:read\"]", StringComparison.Ordinal)
            .Replace("\"name\": \"Grace Hopper\", \"password\": \"" + TestDocument.Password, "\"name\": \"Grace Murray\", \"password\": \"" + OtherPassword, StringComparison.Ordinal)
            .Replace(", { \"name\": \"notes:write\", \"description\": \"Write notes for you\" }", "", StringComparison.Ordinal).Replace(" notes:write", "", StringComparison.Ordinal);
        await using var second = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Document = document });
        var record = (await second.AuditAsync()).Last(r => r.Name == "setup.applied");
        foreach (var part in new[] { "clients/web (", "display_name", "client_secret", "roles/admin (permissions)", "scopes/notes:write", "1 updated", "password_hash" })
            Assert.Contains(part, record.Details, StringComparison.Ordinal);
        Assert.Contains("\"clients/web\":{", record.Before, StringComparison.Ordinal);
        Assert.Contains("\"display_name\":\"Web\"", record.Before, StringComparison.Ordinal);
        Assert.Contains("\"display_name\":\"The Web\"", record.After, StringComparison.Ordinal);
        Assert.Contains("[\"users:read\",\"roles:read\"]", record.After, StringComparison.Ordinal);
        foreach (var secret in new[] { OtherSecret, OtherPassword, "Grace", "Murray", "argon2" })
            Assert.DoesNotContain(secret, record.Details + record.Before + record.After, StringComparison.OrdinalIgnoreCase);
        Assert.Null((await second.VerifyAsync()).Break);
    }

    private static Task<string> StateAsync(IdpHost host) => host.InStoreAsync(async db => string.Join(' ', [
        .. await db.Set<SigningKey>().OrderBy(k => k.KeyId).Select(k => k.KeyId + k.RetiresAt).ToListAsync(),
        .. await db.Set<Deletion>().OrderBy(d => d.UserId).Select(d => d.UserId.ToString()).ToListAsync(),
    ]));
}
