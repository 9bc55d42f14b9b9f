using System.Security.Claims;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Sessions;

/// <summary>POST /api/logout-all: ends every session and every token of the person the access token speaks of, that one too.</summary>
internal static class LogoutAllEndpoint
{
    /// <summary>A token that was stolen long ago must not keep its owner out of everything.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    public static async Task<IResult> HandleAsync(ClaimsPrincipal token, SessionStore sessions, CancellationToken ct)
    {
        if (BearerTokens.PersonOf(token) is not { } userId)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "The token speaks of no person."));
        await sessions.EndAllAsync(userId, null, "signed_out_everywhere", ct);
        return Results.NoContent();
    }
}
