using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens;

/// <summary>The UserInfo endpoint (OpenID Connect Core 1.0 section 5.3): claims by scope, and those the claims parameter named.</summary>
internal static class UserInfoEndpoint
{
    public static async Task<IResult> HandleAsync(HttpContext http, Store db, ScopeCatalog catalog, UserRoles userRoles, CancellationToken ct)
    {
        var token = (await http.AuthenticateAsync(GrantAnswers.Scheme)).Principal!;
        if (!token.HasScope(Scopes.OpenId))
            return Challenge(Errors.InsufficientScope, "The token must have the scope 'openid'.");
        if (!Guid.TryParse(token.GetClaim(ClaimNames.Subject), out var userId) || !Guid.TryParse(token.GetClaim(GrantAnswers.GrantId), out var grantId))
            return Challenge(Errors.InvalidToken, "The token does not speak of a person.");

        var found = await db.Set<User>().AsNoTracking()
            .Where(u => u.Id == userId)
            .Select(u => new { User = u, Requested = db.Set<Grant>().Where(g => g.Id == grantId).Select(g => g.UserInfoClaims).FirstOrDefault() })
            .FirstOrDefaultAsync(ct);
        if (found is null)
            return Challenge(Errors.InvalidToken, "The person is gone.");

        var names = (await catalog.GetAsync(ct)).Find(token.GetScopes()).SelectMany(s => s.Claims).Concat(found.Requested ?? []).ToHashSet(StringComparer.Ordinal);
        var roles = names.Contains("roles") ? await userRoles.OfAsync(userId, ct) : [];
        var claims = new Dictionary<string, object>(StringComparer.Ordinal) { [ClaimNames.Subject] = UserClaims.SubjectOf(found.User) };
        foreach (var (name, value) in UserClaims.Of(found.User, roles, names.Where(n => n != ClaimNames.Subject)))
            claims[name] = value;
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(claims);
    }

    private static IResult Challenge(string error, string description) => Results.Challenge(
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }),
        [GrantAnswers.Scheme]);
}
