using System.Globalization;
using IdentityProvider.Claims;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>
/// Our own API may want a newer or stronger sign-in than the access token tells of, and says which (RFC 9470): the client sends the
/// person through the authorization endpoint with these values and comes back.
/// </summary>
internal static class StepUp
{
    /// <summary>For what a stolen token must not do: the sign-in is recent, and has the second factor of whoever has one.</summary>
    /// <param name="route">The endpoint.</param>
    /// <param name="maxAge">How old it may be; null: as old as the token says.</param>
    public static RouteHandlerBuilder RequireSignIn(this RouteHandlerBuilder route, TimeSpan? maxAge) => route.AddEndpointFilter(async (invocation, next) =>
        await UnmetAsync(invocation.HttpContext, maxAge) is { } challenge ? challenge : await next(invocation));

    private static async Task<IResult?> UnmetAsync(HttpContext http, TimeSpan? maxAge)
    {
        var services = http.RequestServices;

        // A key was made after a fresh sign-in with every factor that was due; for what wants somebody to be there now it is not enough.
        // Nor did the client of a service account sign in, which has proven itself as it can.
        if (BearerTokens.IsApiKey(http.User) || BearerTokens.ServiceAccountOf(http.User) is not null)
            return maxAge is null ? null : new ErrorResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "A program cannot do this. It needs an access token of somebody who signed in just now."));

        // Of a token that speaks of nobody the endpoint says so itself.
        if (BearerTokens.PersonOf(http.User) is not { } userId
            || await services.GetRequiredService<Store>().Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, http.RequestAborted) is not { } user)
            return null;
        var isOld = maxAge is { } limit && (!long.TryParse(http.User.FindFirst("auth_time")?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || DateTimeOffset.FromUnixTimeSeconds(seconds) + limit < services.GetRequiredService<TimeProvider>().GetUtcNow());
        var isWeak = !Acr.Reaches(http.User.FindFirst("acr")?.Value ?? "", Acr.MultiFactor) && await IsDueAsync(services, http, user);
        return isOld || isWeak ? new InsufficientAuthentication(isWeak ? Acr.MultiFactor : null, maxAge) : null;
    }

    private static async Task<bool> IsDueAsync(IServiceProvider services, HttpContext http, User user)
    {
        foreach (var policy in services.GetServices<ISecondFactorPolicy>())
            if (await policy.IsDueAsync(http, user, http.RequestAborted))
                return true;
        return false;
    }

    /// <summary>RFC 9470 section 3.</summary>
    private sealed class InsufficientAuthentication(string? acr, TimeSpan? maxAge) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var issuer = httpContext.RequestServices.GetRequiredService<IOptions<IdentityProviderOptions>>().Value.Issuer;
            var words = acr is null ? "The sign-in behind the token is too old for this." : "This needs a sign-in with a second factor.";
            httpContext.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{issuer}\", error=\"insufficient_user_authentication\", error_description=\"{words}\""
                + (acr is null ? "" : $", acr_values=\"{acr}\"") + (maxAge is { } age ? string.Create(CultureInfo.InvariantCulture, $", max_age=\"{age.TotalSeconds:0}\"") : "");
            return ErrorResponses.WriteAsync(httpContext, new ErrorInfo(StatusCodes.Status401Unauthorized, "insufficient_user_authentication", words));
        }
    }
}
