using System.Globalization;
using System.Reflection;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Authorize;

/// <summary>
/// Asks the steps before one of our own pages is shown, as for a client: one way in, with the same second factor and the same
/// freshness, and nothing a page could do differently.
/// </summary>
internal sealed class OwnPages(StepDispatcher dispatcher, ReturnTicket tickets, SessionStore sessions, UserRoles roles, TimeProvider clock) : IAsyncPageFilter
{
    private const string ReturnPath = "return_path";

    /// <summary>What stands in a client's place: first-party, asks for nothing, receives nothing.</summary>
    public static readonly Client Client = new() { ClientId = "account", DisplayName = "your account", ConsentType = ConsentTypes.Implicit };

    private static readonly ErrorInfo ForThePersonAlone = new(StatusCodes.Status403Forbidden, "access_denied", "You act for somebody, and only they can do this.")
    {
        Heading = "Only they can do this",
        Advice = "Stop acting for them first.",
    };

    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var page = context.ActionDescriptor.ModelTypeInfo!;
        if (!page.IsDefined(typeof(SignedInPageAttribute)))
        {
            // The pages between a request and its answer are answered by the person alone.
            if (!HttpMethods.IsGet(context.HttpContext.Request.Method) && !HttpMethods.IsHead(context.HttpContext.Request.Method) && !page.IsDefined(typeof(OpenWhileActingAttribute))
                && await sessions.FindBegunAsync(context.HttpContext, context.HttpContext.RequestAborted) is { ActorId: not null })
                context.Result = new ErrorActionResult(ForThePersonAlone);
            else
                await next();
            return;
        }

        var fresh = page.IsDefined(typeof(FreshSignInAttribute)) || context.HandlerMethod?.MethodInfo.IsDefined(typeof(FreshSignInAttribute)) == true;
        string[] permissions = [.. new[] { page, (MemberInfo?)context.HandlerMethod?.MethodInfo }.Select(member => member?.GetCustomAttribute<PermissionAttribute>()?.Permission).OfType<string>()];
        var (http, ct) = (context.HttpContext, context.HttpContext.RequestAborted);

        // Who may not see it is told so before anything is asked for its sake.
        var elsewhere = await ForbidAsync(http, permissions, ct) ?? await CheckAsync(http, fresh, permissions.Length > 0, ct);
        if (elsewhere is null)
            await next();
        else
            context.Result = elsewhere;
    }

    /// <summary>/continue: back to the page that was asked for, once its questions are answered.</summary>
    public static async Task<IResult> ContinueAsync(string? ticket, ReturnTicket tickets, CancellationToken ct)
    {
        if (await tickets.FindAsync(ticket, ct) is not { Kind: RequestKind.OwnPage } waiting)
            return new SeeOther("/account");
        await tickets.FinishAsync(waiting.Ticket, ct);
        return new SeeOther((string?)waiting.Request[ReturnPath] ?? "/account");
    }

    private async Task<IActionResult?> ForbidAsync(HttpContext http, IEnumerable<string> permissions, CancellationToken ct)
    {
        if (await sessions.FindAsync(http, ct) is not { } session)
            return null;
        foreach (var permission in permissions)
            if (!await roles.PermitAsync(session.UserId, permission, ct))
                return new ErrorActionResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", $"This page needs the permission {permission}, which you do not hold.")
                {
                    Heading = "This page is not for you",
                    Advice = "Ask an administrator if you need it, or sign in as somebody else.",
                });
        return null;
    }

    private async Task<IActionResult?> CheckAsync(HttpContext http, bool fresh, bool administers, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var request = new OpenIddictRequest { ClientId = Client.ClientId, [ReturnPath] = PathOf(http.Request) };
        if (fresh)
            request["max_age"] = FreshSignInAttribute.MaxAge.TotalSeconds.ToString(CultureInfo.InvariantCulture);
        if (administers)
            request.AcrValues = Acr.MultiFactor;
        var context = new AuthorizeContext
        {
            Kind = RequestKind.OwnPage,
            Request = request,
            Client = Client,
            StartedAt = now,
            Now = now,
            Scopes = [],
            Claims = RequestedClaims.None,
            Begun = await sessions.FindBegunAsync(http, ct),
        };
        if (await dispatcher.CheckAsync(context, ct) is not { } pending)
            return null;
        return await tickets.IssueAsync(http, context, ct) is { } ticket
            ? new SeeOtherPage($"{pending.Page}?ticket={ticket}")
            : new ErrorActionResult(AuthorizeErrors.TooManyUnfinished);
    }

    /// <summary>What was asked for; after a form was sent, the page with the form: a POST is not repeated.</summary>
    private static string PathOf(HttpRequest request)
    {
        var query = request.Query.Where(p => p.Key != "handler");
        var path = request.Path.Value is { } value && value.StartsWith('/') && !value.StartsWith("//", StringComparison.Ordinal) ? value : "/account";
        return path + new QueryBuilder(query).ToQueryString();
    }
}
