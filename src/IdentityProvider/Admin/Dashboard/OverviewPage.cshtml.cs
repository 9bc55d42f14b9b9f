using System.Globalization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>A number with its name, and the list it leads to for who may see that.</summary>
internal sealed record Tile(string Title, string Value, string Hint, string? Path);

/// <summary>/admin/overview: how the server is doing. Shows numbers that were counted before, and says when.</summary>
[SignedInPage, Permission(Permission.ReadStatistics)]
internal sealed class OverviewPage(ConsoleUsers console, DashboardNumbers numbers, FirstSteps steps) : PageModel
{
    public const string Path = "/admin/overview";

    /// <summary>What went wrong by itself, counted in a week.</summary>
    private const string MailsGivenUp = "email.given_up", WebhooksOff = "webhooks.disabled", Delegated = "tokens.delegated";

    /// <summary>The questions to the audit behind the two sums of sign-ins. The first finds those, too, who have not yet given a second factor.</summary>
    public static readonly string DoneRecords = $"name={EventCounts.Started},{EventCounts.Completed}", RefusedRecords = $"name={string.Join(',', EventCounts.Refusals)}";

    private static readonly string[] Watched = [MailsGivenUp, WebhooksOff, Delegated, EventCounts.CodeIssued];

    public ConsoleUser Me { get; private set; } = null!;
    public DashboardState? State { get; private set; }
    public Period Shown { get; private set; } = Period.Day;
    public IReadOnlyDictionary<Period, BarChart> SignIns { get; private set; } = new Dictionary<Period, BarChart>();
    public BarChart Chart => SignIns[Shown];
    public IReadOnlyList<Tile> Tiles { get; private set; } = [];
    public IReadOnlyList<Tile> Troubles { get; private set; } = [];
    public IReadOnlyList<Ranked> Clients { get; private set; } = [];
    public IReadOnlyList<Ranked> Errors { get; private set; } = [];
    public IReadOnlyList<Ranked> Methods { get; private set; } = [];
    public IReadOnlyList<EndingThing> Endings { get; private set; } = [];

    /// <summary>Null: put away.</summary>
    public IReadOnlyList<FirstStep>? Steps { get; private set; }

    public DateTimeOffset Now => numbers.Now;
    public string Week => Since(Period.Week);

    public async Task OnGetAsync(string? period, CancellationToken ct)
    {
        Me = await console.OfAsync(HttpContext, ct);
        Shown = Array.Find(Period.All, known => known.Name == period) ?? Period.Day;
        State = await numbers.StateAsync(ct);
        SignIns = await numbers.SignInsAsync(ct);
        (Clients, Errors, Methods) = (await numbers.ClientsAsync(ct), await numbers.ErrorsAsync(ct), await numbers.MethodsAsync(ct));
        Endings = await numbers.EndingsAsync(Me, ct);
        var (figures, events) = (DashboardNumbers.FiguresOf(State), await numbers.EventsAsync(Watched, ct));
        Tiles = [.. TilesOf(figures)];
        Troubles = [.. TroublesOf(figures, events)];
        Steps = await steps.ArePutAwayAsync(Me.Id, ct) ? null : await steps.OfAsync(ct);
    }

    public async Task<IActionResult> OnPostPutAwayAsync(CancellationToken ct)
    {
        await steps.PutAwayAsync((await console.OfAsync(HttpContext, ct)).Id, ct);
        return new SeeOtherPage(Path);
    }

    public async Task<IActionResult> OnPostShowAsync(CancellationToken ct)
    {
        await steps.ShowAsync((await console.OfAsync(HttpContext, ct)).Id, ct);
        return new SeeOtherPage(Path);
    }

    /// <summary>The audit of a period, as its page takes it.</summary>
    public string? AuditOf(string filter, Period period) => Me.May(Permission.ReadAudit) ? $"/admin/audit?{filter}&from={Since(period)}" : null;

    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private string Since(Period period) => period.From(Now).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    private IEnumerable<Tile> TilesOf(IReadOnlyDictionary<string, long> figures)
    {
        var people = figures.GetValueOrDefault(DashboardFigures.People);
        yield return new Tile("People", Figure(DashboardFigures.People), "who can sign in", If(Permission.ReadUsers, "/admin/users?state=active"));
        yield return new Tile("Sessions", Figure(DashboardFigures.Sessions), "alive", If(Permission.ReadSessions, "/admin/sessions"));
        yield return new Tile("Second factor", Share(DashboardFigures.SecondFactor), $"of people: {Figure(DashboardFigures.SecondFactor)} with an app or a passkey", null);
        yield return new Tile("Passkeys", Share(DashboardFigures.Passkey), $"of people: {Figure(DashboardFigures.Passkey)} with one or more", null);
        yield return new Tile("Locked", Figure(DashboardFigures.Locked), "accounts, after wrong passwords", AuditOf("name=sign_in.name_locked", Period.Day));

        string Figure(string name) => figures.TryGetValue(name, out var count) ? Number(count) : "–";
        string Share(string name) => people > 0 && figures.TryGetValue(name, out var count) ? (100.0 * count / people).ToString("0.#", CultureInfo.InvariantCulture) + " %" : "–";
    }

    private IEnumerable<Tile> TroublesOf(IReadOnlyDictionary<string, long> figures, IReadOnlyDictionary<string, long> events)
    {
        yield return new Tile("Mails given up", Number(events.GetValueOrDefault(MailsGivenUp)), "in 7 days", AuditOf($"name={MailsGivenUp}", Period.Week));
        yield return new Tile("Mails tried again", Number(figures.GetValueOrDefault(DashboardFigures.MailsTried)), "waiting now", null);
        yield return new Tile("Webhook messages given up", Number(figures.GetValueOrDefault(DashboardFigures.WebhooksGivenUp)), "in 7 days", If(Permission.ReadWebhooks, "/admin/webhooks"));
        yield return new Tile("Webhooks switched off", Number(events.GetValueOrDefault(WebhooksOff)), "by themselves, in 7 days", AuditOf($"name={WebhooksOff}", Period.Week));
        yield return new Tile("Codes for apps", Number(events.GetValueOrDefault(EventCounts.CodeIssued)), "in 7 days", AuditOf($"name={EventCounts.CodeIssued}", Period.Week));
        yield return new Tile("Tokens exchanged", Number(events.GetValueOrDefault(Delegated)), "in 7 days", AuditOf($"name={Delegated}", Period.Week));
    }

    private string? If(string permission, string path) => Me.May(permission) ? path : null;
}
