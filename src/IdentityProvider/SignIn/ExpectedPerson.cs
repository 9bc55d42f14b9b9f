using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.IdentityModel.JsonWebTokens;
using OpenIddict.Abstractions;

namespace IdentityProvider.SignIn;

/// <summary>
/// Whom a request expects: by login_hint, id_token_hint or the claims parameter. Only compared with people whom the browser has proven
/// before: a name that is nobody's is told from no other.
/// </summary>
internal static class ExpectedPerson
{
    /// <summary>Does the login_hint name somebody else? Where the person has no name to compare, it does not.</summary>
    public static bool IsAnother(string? loginHint, User user)
    {
        if (string.IsNullOrWhiteSpace(loginHint) || (user.NormalizedUserName ?? user.NormalizedEmail) is null)
            return false;
        return loginHint != UserClaims.SubjectOf(user) && !IsName(loginHint, user);
    }

    /// <summary>May this person answer a request that waits?</summary>
    public static bool Is(WaitingRequest waiting, User user) =>
        !IsAnother(waiting.Request.LoginHint, user) && (SubjectOf(waiting.Request) is not { } subject || subject == UserClaims.SubjectOf(user));

    /// <summary>The one of these accounts that is asked for; null where none is, or nobody is asked for.</summary>
    public static BrowserAccount? Among(IReadOnlyList<BrowserAccount> accounts, WaitingRequest waiting) => SubjectOf(waiting.Request) is { } subject
        ? accounts.FirstOrDefault(account => subject == UserClaims.SubjectOf(account.User))
        : waiting.Request.LoginHint is { Length: > 0 } hint ? accounts.FirstOrDefault(account => IsName(hint, account.User)) : null;

    private static bool IsName(string hint, User user) => UserNames.Normalize(hint) is var name && (name == user.NormalizedUserName || name == user.NormalizedEmail);

    /// <summary>The engine has validated the hint before the request was stored, and does so again before it is answered.</summary>
    private static string? SubjectOf(OpenIddictRequest request) =>
        request.IdTokenHint is { Length: > 0 } hint ? new JsonWebToken(hint).Subject : RequestedClaims.Parse((string?)request["claims"])?.Subject;
}
