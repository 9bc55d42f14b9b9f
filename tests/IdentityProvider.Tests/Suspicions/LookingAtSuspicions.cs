using System.Net;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Suspicions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Suspicions;

/// <summary>/admin/suspicious.</summary>
public sealed class LookingAtSuspicions
{
    private static string Document(string permissions) => TestDocument.Json
        .Replace("\"users:read\"", permissions, StringComparison.Ordinal)
        .Replace("\"totp_secret\"", "\"roles\": [\"admin\"], \"totp_secret\"", StringComparison.Ordinal)
        .Replace("\"ada\"", "\"ada<i>\"", StringComparison.Ordinal);

    [Fact]
    public async Task An_administrator_sees_what_when_who_and_where_by_kind_and_page()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Document("\"audit:read\", \"sessions:read\"") });
        await host.TryAsync("127.0.0.1", ["nobody"]);
        using var stranger = new Browser(host);
        await stranger.OpenAccountAsync("/account", "grace");
        var ada = await host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada<i>").Select(u => u.Id).SingleAsync());
        await TellAsync(host, Enumerable.Range(0, 50).Select(IEvent (i) => new ManyLockouts(i + 10, 10)));
        await TellAsync(host, [new ImpossibleTravel(ada, Guid.CreateVersion7(), null, 15_900, 40), new PasswordSpraying("one_network", "203.0.113.9", null, 41, 44, 1, 10)]);

        using var admin = await AdministratorAsync(host);
        var page = await admin.OpenAsync("/admin/suspicious");
        Assert.Equal((HttpStatusCode.OK, "Suspicious activity", 50), (page.Status, page.Heading, page.Document.QuerySelectorAll("ul.rows li").Length));
        var rows = page.Document.QuerySelectorAll("ul.rows li").Select(row => string.Join(' ', row.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Contains(rows, row => row.StartsWith("Password spraying 41 names failed in 10 minutes, with 44 tries. One person got in from there.", StringComparison.Ordinal) && row.EndsWith("from 203.0.113.9", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("Impossible travel · ada<i> At least 15900 km from where the person signed in 40 minutes before.", StringComparison.Ordinal));
        Assert.DoesNotContain("New device ·", string.Concat(rows), StringComparison.Ordinal);
        Assert.Equal($"/admin/sessions?user={ada}", page.Document.QuerySelector("ul.rows a")!.GetAttribute("href"));

        page = await admin.OpenAsync(page.Document.QuerySelectorAll("main a.button").Single(a => a.TextContent == "Older").GetAttribute("href")!);
        Assert.Equal(2, page.Document.QuerySelectorAll("ul.rows li").Length);

        // Which of those that were told in one millisecond come last is nobody's business.
        Assert.Matches(@"[1-5]\d names were locked in 10 minutes\.", page.Text);
        page = await admin.OpenAsync("/admin/suspicious?kind=suspicious.new_device");
        Assert.Contains("grace", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("locked", page.Document.QuerySelector("ul.rows")!.TextContent, StringComparison.Ordinal);
        foreach (var odd in new[] { "?kind=sign_in.refused", "?kind=%00", "?after=x", "?after=-1", "?after=99999999999999999999" })
            Assert.True((await admin.OpenAsync("/admin/suspicious" + odd)).Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, odd);
    }

    [Fact]
    public async Task Nobody_sees_it_who_may_not_read_the_audit()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Document = Document("\"sessions:read\"") });
        using var admin = await AdministratorAsync(host);
        Assert.Equal(HttpStatusCode.Forbidden, (await admin.OpenAsync("/admin/suspicious")).Status);
        using var stranger = new Browser(host);
        Assert.Equal("/login", (await stranger.OpenAsync("/admin/suspicious")).Url.AbsolutePath);
    }

    private static async Task TellAsync(IdpHost host, IEnumerable<IEvent> all)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        foreach (var news in all)
            scope.ServiceProvider.GetRequiredService<EventLog>().Record(db, news);
        await db.SaveChangesAsync();
        await host.AuditAsync();
    }

    private static async Task<Browser> AdministratorAsync(IdpHost host)
    {
        var admin = new Browser(host);
        await admin.OpenAccountAsync("/admin/sessions", "otp");
        await admin.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp()));
        return admin;
    }
}
