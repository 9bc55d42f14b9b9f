using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.SignIn;

/// <summary>Is somebody signed in, recently enough, and the one the client expects?</summary>
internal sealed class SignInStep : IAuthorizeStep
{
    private const string Page = "/login";

    public ValueTask<Pending?> CheckAsync(AuthorizeContext context, CancellationToken ct) => ValueTask.FromResult(Reason(context) is { } reason
        ? new Pending(Page, reason, Errors.LoginRequired, "The person must sign in, and the request allows no page.")
        : null);

    private static string? Reason(AuthorizeContext context) => context.Begun switch
    {
        null => "no_session",
        { } session when context.HintedSubject is { } subject && subject != UserClaims.SubjectOf(session.User) => "id_token_hint",

        // Whoever has chosen this account for this request, or signed in to it, knows better than the hint.
        { } session when session.ConfirmedAt < context.StartedAt && ExpectedPerson.IsAnother(context.LoginHint, session.User) => "login_hint",
        { } session when context.Prompts("login") && session.AuthenticatedAt < context.StartedAt => "prompt_login",
        { } session when context.Prompts("create") && session.ConfirmedAt < context.StartedAt => "prompt_create",

        // The age counts until the request started: time spent on our own pages must not start the question again.
        { } session when context.MaxAge is { } maxAge && session.AuthenticatedAt + maxAge < context.StartedAt => "max_age",
        _ => null,
    };
}
