using System.Security.Claims;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Account;

/// <summary>/api/me: the person the access token speaks of. What the token's scopes do not release is left out.</summary>
internal static class MeEndpoint
{
    internal sealed record Me(
        Guid Id,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Email,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("email_verified")] bool? EmailVerified,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Name,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Roles);

    public static async Task<IResult> HandleAsync(ClaimsPrincipal token, Store db, UserRoles roles, CancellationToken ct)
    {
        if (BearerTokens.PersonOf(token) is not { } userId || await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == userId, ct) is not { } user)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "The token speaks of no person."));
        var email = BearerTokens.HasScope(token, "email") ? user.Email : null;
        return Results.Json(new Me(
            user.Id,
            email,
            email is null ? null : user.EmailConfirmed,
            BearerTokens.HasScope(token, "profile") ? user.Name : null,
            BearerTokens.HasScope(token, "roles") ? await roles.OfAsync(userId, ct) : null));
    }
}
