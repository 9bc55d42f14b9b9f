using System.Text.Json;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Authorize;

/// <summary>
/// The authorization endpoint (RFC 6749 section 3.1, OpenID Connect Core 1.0 section 3.1.2), the only place that decides
/// between a page, an error and a code. The engine has checked client, redirect URI, PKCE and the form of all parameters.
/// </summary>
internal sealed class AuthorizeEndpoint(
    RequestReader reader, StepDispatcher dispatcher, ReturnTicket tickets, ScopeCatalog catalog, Store db, EventLog events, TimeProvider clock)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static Task<IResult> HandleAsync(HttpContext http, AuthorizeEndpoint endpoint, CancellationToken ct) =>
        http.GetOpenIddictServerResponse() is { } failed
            ? AuthorizeErrors.PageAsync(http, failed, ct)
            : endpoint.DispatchAsync(http, ct);

    private async Task<IResult> DispatchAsync(HttpContext http, CancellationToken ct)
    {
        var (context, problem) = await reader.ReadAsync(http, ct);
        if (problem is not null)
            return Refuse(problem.Value.Error, problem.Value.Description);
        if (context!.Refusal is { } refusal)
            return await FinishAsync(context, Refuse(refusal, "The person refused the request."), ct);
        if (await dispatcher.CheckAsync(context, ct) is not { } pending)
            return await FinishAsync(context, await IssueCodeAsync(http, context, ct), ct);
        if (!context.MayPrompt)
            return Refuse(pending.Error, pending.Description);

        // 303: a POST to this endpoint must not be repeated to the page (RFC 9700 section 4.12).
        return await tickets.IssueAsync(http, context, ct) is { } ticket
            ? new SeeOther($"{pending.Page}?ticket={ticket}")
            : AuthorizeErrors.TooManyOpen(http);
    }

    private async Task<IResult> IssueCodeAsync(HttpContext http, AuthorizeContext context, CancellationToken ct)
    {
        var session = context.Session!;
        var audiences = Audiences.Of(await catalog.GetAsync(ct), context.Scopes, context.Request.GetResources(), reader.Issuer);
        var grant = new Grant
        {
            // Set here, not by the generator: the code names it before it is saved.
            Id = Guid.CreateVersion7(clock.GetUtcNow()),
            Application = db.StubOf(context.Client.Id),
            CreationDate = clock.GetUtcNow().UtcDateTime,
            Scopes = JsonSerializer.Serialize(context.Scopes),
            Status = Statuses.Valid,
            Subject = UserClaims.SubjectOf(session.User),
            Type = AuthorizationTypes.AdHoc,
            UserId = session.UserId,
            SessionId = session.Id,
            UserInfoClaims = [.. context.Claims.UserInfo],
        };

        // Saved together with the code, in the one write of this request.
        db.Add(grant);
        var principal = PrincipalFactory.CreateForCode(grant.Subject, SessionFacts.Of(session), context.Scopes, audiences, context.Claims.IdToken);
        principal.SetAuthorizationId(grant.Id.ToString());
        events.Raise(new CodeIssued(context.Client.ClientId!, session.UserId, session.Id, grant.Id));
        return Results.SignIn(principal, authenticationScheme: Scheme);
    }

    private async Task<IResult> FinishAsync(AuthorizeContext context, IResult result, CancellationToken ct)
    {
        if (context.Ticket is { } ticket)
            await tickets.FinishAsync(ticket, ct);
        return result;
    }

    private static IResult Refuse(string error, string description) => Results.Forbid(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [Scheme]);
}
