using System.Globalization;
using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Device;

/// <summary>/device: enter the code a device shows, see who asks, approve or deny (RFC 8628 section 3.3).</summary>
internal sealed class DevicePage(
    StepDispatcher dispatcher, ReturnTicket tickets, SessionStore sessions, ClientCache clients, ScopeCatalog catalog, Store db, TimeProvider clock, EventLog events, IOptions<IdentityProviderOptions> options) : PageModel
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    [BindProperty(SupportsGet = true, Name = "user_code")]
    public string? UserCode { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Ticket { get; set; }

    public bool Known { get; private set; }
    public string ClientName { get; private set; } = "";
    public string DisplayCode { get; private set; } = "";
    public string? Address { get; private set; }
    public DateTimeOffset StartedAt { get; private set; }
    public IReadOnlyList<DeviceScope> Scopes { get; private set; } = [];
    public string AccountName { get; private set; } = "";
    public string? AccountEmail { get; private set; }
    public DeviceOutcome? Outcome { get; private set; }

    public async Task<IActionResult> OnGetAsync([FromQuery(Name = "done")] DeviceOutcome? done, CancellationToken ct)
    {
        if (done is not null)
        {
            Outcome = done;
            return Page();
        }

        // The engine reads codes from GET and POST only, and whoever wants no more than the head opens nothing.
        if (HttpMethods.IsHead(Request.Method))
            return Page();
        if (Ticket is not null)
            return await ContinueAsync(ct) ?? Page();
        return string.IsNullOrWhiteSpace(UserCode) ? Page() : await OpenAsync(ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!string.IsNullOrWhiteSpace(UserCode))
            return await OpenAsync(ct);
        ModelState.AddModelError("user_code", "Enter the code that your device shows");
        return Page();
    }

    public async Task<IActionResult> OnPostApproveAsync(CancellationToken ct)
    {
        if (await ContinueAsync(ct) is { } elsewhere)
            return elsewhere;
        var code = (await HttpContext.AuthenticateAsync(Scheme)).Principal!;
        var session = (await sessions.FindAsync(HttpContext, ct))!;

        // The engine commits when the device code is saved.
        var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await AnswerAsync(code, Statuses.Redeemed, ct))
        {
            await transaction.RollbackAsync(ct);
            return Unknown();
        }

        // The engine made the grant with the device code, for nobody; now it has a person. It saves both together.
        var id = DeviceCodeId(code);
        var device = await db.Set<Token>().Include(t => t.Authorization).FirstAsync(t => t.Id == id, ct);
        var grant = device.Authorization!;
        grant.CreationDate = clock.GetUtcNow().UtcDateTime;
        grant.Subject = UserClaims.SubjectOf(session.User);
        grant.UserId = session.UserId;
        grant.SessionId = session.Id;
        events.Record(db, new DeviceAnswered(code.GetClaim(ClaimNames.ClientId)!, session.UserId, session.Id, Approved: true));

        var scopes = code.GetScopes();
        var audiences = Audiences.Of(await catalog.GetAsync(ct), scopes, code.GetResources(), options.Value.Issuer);
        var principal = PrincipalFactory.CreateForCode(UserClaims.SubjectOf(session.User), SessionFacts.Of(session), scopes, audiences, []);
        principal.SetAuthorizationId(grant.Id.ToString());
        return SignIn(principal, new AuthenticationProperties { RedirectUri = Request.PathBase + "/device?done=Approved" }, Scheme);
    }

    public async Task<IActionResult> OnPostDenyAsync(CancellationToken ct) => await ContinueAsync(ct) ?? await DenyAsync(ct);

    private async Task<IActionResult> DenyAsync(CancellationToken ct)
    {
        var code = (await HttpContext.AuthenticateAsync(Scheme)).Principal!;
        if (!await AnswerAsync(code, Statuses.Rejected, ct))
            return Unknown();
        events.Raise(new DeviceAnswered(code.GetClaim(ClaimNames.ClientId)!, (await sessions.FindAsync(HttpContext, ct))?.UserId, null, Approved: false));
        return Forbid(new AuthenticationProperties { RedirectUri = Request.PathBase + "/device?done=Denied" }, Scheme);
    }

    /// <summary>One statement decides: of two people, or two presses of a button, one answers.</summary>
    private async Task<bool> AnswerAsync(System.Security.Claims.ClaimsPrincipal code, string status, CancellationToken ct)
    {
        var id = Guid.Parse(code.GetTokenId()!, CultureInfo.InvariantCulture);
        var answered = await db.Set<Token>().Where(t => t.Id == id && t.Status == Statuses.Valid).ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, status), ct);
        Known = answered == 1;
        return Known;
    }

    /// <summary>A code was entered: if it is good, the request waits under a ticket while the person signs in.</summary>
    private async Task<IActionResult> OpenAsync(CancellationToken ct)
    {
        if (await ReadAsync(ct) is not { } context)
            return Unknown();
        return await tickets.IssueAsync(HttpContext, context, ct) is { } ticket
            ? new SeeOtherPage($"/device?ticket={ticket}")
            : new ErrorActionResult(new ErrorInfo(StatusCodes.Status429TooManyRequests, "slow_down", "Too many unfinished sign-ins from this network.") { Heading = "Too many attempts", Advice = "Wait 15 minutes, then try again." });
    }

    /// <summary>Null when all steps are content and the page may be shown; else where to go first.</summary>
    private async Task<IActionResult?> ContinueAsync(CancellationToken ct)
    {
        if (await ReadAsync(ct) is not { } context)
            return Unknown();

        // The person cannot reach what the client takes: the device learns that it was refused.
        if (HttpContext.Items[typeof(WaitingRequest)] is WaitingRequest { Refusal: not null })
            return await DenyAsync(ct);
        if (await dispatcher.CheckAsync(context, ct) is { } pending)
            return new SeeOtherPage($"{pending.Page}?ticket={context.Ticket}");
        await ShowAsync(context, ct);
        return null;
    }

    private async Task<AuthorizeContext?> ReadAsync(CancellationToken ct)
    {
        var code = (await HttpContext.AuthenticateAsync(Scheme)).Principal;
        if (code?.GetClaim(ClaimNames.ClientId) is not { } clientId || await clients.FindAsync(clientId, ct) is not { } client)
            return null;
        var waiting = HttpContext.Items[typeof(WaitingRequest)] as WaitingRequest;
        return new AuthorizeContext
        {
            Kind = RequestKind.Device,
            Request = waiting?.Request ?? new OpenIddictRequest { ClientId = clientId, UserCode = UserCode },
            Client = client,
            StartedAt = waiting?.StartedAt ?? clock.GetUtcNow(),
            Now = clock.GetUtcNow(),
            Scopes = code.GetScopes(),
            Claims = RequestedClaims.None,
            Begun = await sessions.FindBegunAsync(HttpContext, ct),
            Ticket = waiting?.Ticket,
        };
    }

    private async Task ShowAsync(AuthorizeContext context, CancellationToken ct)
    {
        var code = (await HttpContext.AuthenticateAsync(Scheme)).Principal!;
        var id = DeviceCodeId(code);
        var device = await db.Set<Token>().AsNoTracking().FirstAsync(t => t.Id == id, ct);
        Known = true;
        ClientName = context.ClientName;
        DisplayCode = string.Join('-', context.Request.UserCode!.Where(char.IsDigit).Chunk(4).Select(c => new string(c)));
        Address = device.Address;
        StartedAt = new DateTimeOffset(DateTime.SpecifyKind(device.CreationDate!.Value, DateTimeKind.Utc));
        Scopes = [.. (await catalog.GetAsync(ct)).Find(context.Scopes).Where(s => s.Name is not (StandardScopes.OpenId or StandardScopes.OfflineAccess)).Select(s => new DeviceScope(s.Name, s.Sentence))];
        AccountName = context.Session!.User.DisplayName;
        AccountEmail = context.Session.User.Email;
    }

    private PageResult Unknown()
    {
        var words = HttpContext.Items[UserCodeRequest.Throttled] is TimeSpan wait
            ? $"Too many attempts. Try again in {Duration.InWords(wait)}."
            : "This code does not work. Check it on your device, or ask the device for a new one.";
        ModelState.AddModelError("user_code", words);
        return Page();
    }

    private static Guid DeviceCodeId(System.Security.Claims.ClaimsPrincipal code) => Guid.Parse(code.GetClaim(ClaimNames.Private.DeviceCodeId)!, CultureInfo.InvariantCulture);
}

/// <summary>What the person answered.</summary>
internal enum DeviceOutcome
{
    Approved,
    Denied,
}

/// <summary>A line of the approval page.</summary>
internal sealed record DeviceScope(string Name, string Sentence);

internal sealed record DeviceAnswered(string ClientId, Guid? UserId, Guid? SessionId, bool Approved) : IEvent
{
    public string Name => Approved ? "device.approved" : "device.denied";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("user", UserId), new("session", SessionId)];
    public EventResult Result => Approved ? EventResult.Done : EventResult.Refused;
}
