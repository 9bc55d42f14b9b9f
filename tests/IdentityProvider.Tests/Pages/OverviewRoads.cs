using IdentityProvider.Admin.Dashboard;
using IdentityProvider.ApiKeys;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The way to the overview, full and of a server where nothing has happened.</summary>
internal static class OverviewRoads
{
    public static async Task NewAsync(Stage stage, Tab tab)
    {
        await stage.Host.InStoreAsync(async db => await db.Set<HourlyCount>().ExecuteDeleteAsync() + await db.Set<DashboardState>().ExecuteUpdateAsync(set => set.SetProperty(s => s.FiguresAt, default(DateTimeOffset)).SetProperty(s => s.CountedAt, default(DateTimeOffset)).SetProperty(s => s.Figures, "{}")));
        await AdminRoads.AdminAsync(stage, tab, "/admin/overview");
    }

    public static async Task FullAsync(Stage stage, Tab tab)
    {
        var now = stage.Host.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await stage.Host.AuditAsync();
        await stage.Host.Services.GetRequiredService<DashboardJob>().RunOnceAsync(default);
        await stage.Host.InStoreAsync(async db =>
        {
            await db.Set<HourlyCount>().ExecuteDeleteAsync();
            await db.Set<ApiKey>().Where(key => key.KeyHash.StartsWith("overview")).ExecuteDeleteAsync();
            for (var hour = 0; hour < 30 * 24; hour++)
            {
                var at = EventCounts.HourOf(now.AddHours(-hour));
                var busy = (int)(40 + (35 * Math.Sin((at.Hour - 6) * Math.PI / 12)) + (hour * 7 % 11));
                db.Add(new HourlyCount { Kind = HourlyCount.SignIn, Hour = at, Key = EventCounts.Done, Count = busy });
                if (hour % 3 != 0)
                    db.Add(new HourlyCount { Kind = HourlyCount.SignIn, Hour = at, Key = EventCounts.Refused, Count = (busy / 7) + (hour is > 8 and < 12 ? 60 : 0) });
            }

            foreach (var (kind, key, count) in new[]
            {
                (HourlyCount.Client, "web", 48_211), (HourlyCount.Client, "script", 9_310), (HourlyCount.Client, "override", 812), (HourlyCount.Client, "gone", 40), (HourlyCount.Client, HourlyCount.Others, 5),
                (HourlyCount.Method, "+otp", 21_004), (HourlyCount.Method, "hwk+user+mfa", 17_222), (HourlyCount.Method, "pwd", 4_100), (HourlyCount.Method, "fed", 911),
                (HourlyCount.Error, "sign_in.refused wrong_password", 3_122), (HourlyCount.Error, "mfa.refused wrong_code", 410), (HourlyCount.Error, $"federation.refused {StageDocument.Image}", 12), (HourlyCount.Error, "email.given_up refused", 3),
                (HourlyCount.Event, "email.given_up", 3), (HourlyCount.Event, EventCounts.CodeIssued, 58_378), (HourlyCount.Event, "tokens.delegated", 120), (HourlyCount.Event, "webhooks.disabled", 1),
            })
                db.Add(new HourlyCount { Kind = kind, Hour = EventCounts.HourOf(now.AddHours(-1)), Key = key, Count = count });
            var zoe = await db.Set<User>().Where(u => u.UserName == "zoe").Select(u => u.Id).SingleAsync();
            foreach (var (name, days) in new[] { ("Nightly backup", 2), (StageDocument.Script, 9), (StageDocument.Long, 21) })
                db.Add(new ApiKey { UserId = zoe, Name = name, KeyHash = $"overview{days}", Shown = "x", CreatedAt = now, ExpiresAt = now.AddDays(days) });
            await db.Set<DashboardState>().ExecuteUpdateAsync(set => set.SetProperty(s => s.FiguresAt, now.AddMinutes(-3)).SetProperty(s => s.CountedAt, now)
                .SetProperty(s => s.Figures, """{"locked":4,"mails_tried":2,"passkey":214004,"people":1000212,"second_factor":612750,"sessions":81233,"webhooks_given_up":17}"""));
            return await db.SaveChangesAsync();
        });
        await AdminRoads.AdminAsync(stage, tab, "/admin/overview");
    }
}
