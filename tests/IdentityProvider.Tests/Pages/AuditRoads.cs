using IdentityProvider.Platform.Events;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of the audit.</summary>
internal static class AuditRoads
{
    private const string Client = "<script>alert(1)</script>";

    /// <summary>Records of each kind, some about people whose names attack the page.</summary>
    public static async Task ListAsync(Stage stage, Tab tab, string query = "")
    {
        await RecordAsync(stage);
        await AdminRoads.AdminAsync(stage, tab, $"/admin/audit{query}");
    }

    public static async Task RecordAsync(Stage stage, Tab tab)
    {
        var id = await RecordAsync(stage);
        var sequence = await stage.Host.InStoreAsync(db => db.Set<AuditRecord>().Where(r => r.Id == id).Select(r => r.Sequence).SingleAsync());
        await AdminRoads.AdminAsync(stage, tab, $"/admin/audit/{sequence}");
    }

    /// <returns>The last one, which has everything that a record can have.</returns>
    private static async Task<Guid> RecordAsync(Stage stage)
    {
        var now = stage.Host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var people = await stage.Host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada" || u.UserName == "override").OrderBy(u => u.UserName).Select(u => u.Id).ToListAsync());
        var ada = new Origin(new Caller(Caller.User, people[0].ToString(), Guid.CreateVersion7(now).ToString(), "web"), "2001:db8:4f2a:1::9c1d", "4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736");
        AuditRecord[] records =
        [
            AuditRecord.Of(new Thing("sign_in.refused", new EventTarget("user", people[1].ToString()), EventResult.Refused, "wrong_password"), new Origin(new Caller(Caller.Anonymous, null), "192.0.2.17", null, null), now.AddMinutes(-3)),
            AuditRecord.Of(new Thing("email.given_up", null, EventResult.Failed, "refused"), new Origin(new Caller(Caller.System, null), null, null, null), now.AddMinutes(-2)),
            AuditRecord.Of(new Thing("clients.changed", new EventTarget("client", Client), EventResult.Done, StageDocument.Override), ada, now.AddMinutes(-1)),
            AuditRecord.Of(new Thing("roles.changed", new EventTarget("role", "admin"), EventResult.Done, null)
            {
                Before = new { Name = "helpers", Description = (string?)null, Permissions = new[] { "sessions:read", "users:manage", "users:read" }, Limits = new { Most = 5 } },
                After = new { Name = "helpers", Description = StageDocument.Image, Permissions = new[] { "audit:read", "sessions:read", "users:read" }, Limits = new { Most = 25 } },
            }, ada, now),
        ];
        await stage.Host.InStoreAsync(async db =>
        {
            db.AddRange(records);
            return await db.SaveChangesAsync();
        });
        await stage.Host.ChainAsync();
        return records[^1].Id;
    }

    private sealed record Thing(string Name, EventTarget? Target, EventResult Result, string? Reason) : IEvent
    {
        public IEnumerable<KeyValuePair<string, object?>> Facts => [new("reason", Reason), new("fields", new[] { "description", "permissions" }), new("count", 312)];
        public object? Before { get; init; }
        public object? After { get; init; }
    }
}
