using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Suspicions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of the console.</summary>
internal static class AdminRoads
{
    private const string Warden = "warden";

    /// <summary>As somebody who became an administrator after signing in, and has given a second factor since.</summary>
    public static Task AdminAsync(Stage stage, Tab tab, string path) => AdminAsync(stage, tab, path, "admin");

    public static async Task AdminAsync(Stage stage, Tab tab, string path, string role)
    {
        await stage.Host.InStoreAsync(db => db.Set<UserRole>().Where(held => db.Set<User>().Any(u => u.Id == held.UserId && u.UserName == Warden)).ExecuteDeleteAsync());
        var cookies = await stage.SignedInAsync(Warden);
        await stage.Host.InStoreAsync(async db =>
        {
            var session = await db.Set<Session>().Where(s => s.User.UserName == Warden).OrderByDescending(s => s.CreatedAt).FirstAsync();
            session.Factors.Add(new Factor { Method = "otp", At = session.AuthenticatedAt });
            db.Add(new UserRole { UserId = session.UserId, RoleId = await db.Set<Role>().Where(held => held.Name == role).Select(role => role.Id).SingleAsync() });
            return await db.SaveChangesAsync();
        });
        await tab.Context.AddCookiesAsync(cookies);
        await tab.OpenAsync(stage.Host, path);
    }

    public static Task NewWebhookAsync(Stage stage, Tab tab) => NewWebhookAsync(stage, tab, "http://example.com/<b>");

    public static async Task NewWebhookAsync(Stage stage, Tab tab, string url)
    {
        await stage.Host.InStoreAsync(db => db.Set<Webhook>().ExecuteDeleteAsync());
        await AdminAsync(stage, tab, "/admin/webhooks/new");
        await tab.FillAndSubmitAsync("Add the webhook", ("url", url));
    }

    public static async Task TakenWebhookAsync(Stage stage, Tab tab)
    {
        const string url = "https://hooks.example.com/taken";
        await NewWebhookAsync(stage, tab, url);
        await tab.OpenAsync(stage.Host, "/admin/webhooks/new");
        await tab.FillAndSubmitAsync("Add the webhook", ("url", url));
    }

    /// <summary>One with messages in each state; path null: its own page.</summary>
    public static async Task WebhookAsync(Stage stage, Tab tab, string? path, bool isOff = false)
    {
        var now = stage.Host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var webhook = new Webhook
        {
            Id = Guid.CreateVersion7(now),
            Url = "https://hooks.example.com/identity/provider/with/a/long/path/that/has/no/break",
            Description = "SIEM <b>&amp; friends</b>",
            Events = ["sign_in.*", "sessions.session_ended", "webhooks.*"],
            ProtectedSecret = "sealed",
            CreatedAt = now,
            Cursor = long.MaxValue,
            DisabledAt = isOff ? now : null,
            DisabledReason = isOff ? "failing" : null,
        };
        await stage.Host.InStoreAsync(async db =>
        {
            await db.Set<Webhook>().ExecuteDeleteAsync();
            db.Add(webhook);
            foreach (var (outcome, delivered, over) in new[] { ("204", true, true), ("503", false, true), ("timeout", false, false) })
                db.Add(new WebhookDelivery { WebhookId = webhook.Id, RecordId = Guid.CreateVersion7(), Sequence = 5, Event = "sign_in.signed_in", Body = "{}", CreatedAt = now, DueAt = over ? null : now.AddDays(1), Attempts = 2, Outcome = outcome, TriedAt = now, DeliveredAt = delivered ? now : null, GivenUpAt = delivered || !over ? null : now });
            return await db.SaveChangesAsync();
        });
        await AdminAsync(stage, tab, path ?? $"/admin/webhooks/{webhook.Id}");
    }

    /// <summary>One of each that is shown at first, about people whose names attack the page.</summary>
    public static async Task SuspiciousAsync(Stage stage, Tab tab)
    {
        await using (var scope = stage.Host.Services.CreateAsyncScope())
        {
            var (db, events) = (scope.ServiceProvider.GetRequiredService<Store>(), scope.ServiceProvider.GetRequiredService<EventLog>());
            var people = await db.Set<User>().Where(u => u.UserName == "script" || u.UserName == "long").Select(u => u.Id).ToListAsync();
            foreach (var news in new IEvent[]
            {
                new PasswordSpraying("one_network", "2a02:cf40:1234:5678::/64", null, 41, 44, 1, 10), new PasswordSpraying("many_networks", null, 311, 402, 611, null, 10),
                new RefreshTokenReused(people[0], Guid.CreateVersion7(), null, "web"), new ImpossibleTravel(people[1], Guid.CreateVersion7(), null, 15_900, 40),
            })
                events.Record(db, news);
            await db.SaveChangesAsync();
        }

        await stage.Host.ChainAsync();
        await AdminAsync(stage, tab, "/admin/suspicious");
    }
}
