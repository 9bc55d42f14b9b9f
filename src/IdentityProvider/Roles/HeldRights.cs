using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Roles;

/// <summary>What an administrator holds: the most they can give.</summary>
internal sealed class HeldRights(IReadOnlyCollection<string> permissions)
{
    private const int Named = 20;

    /// <summary>Nobody gives what they do not hold.</summary>
    /// <returns>Null when all of it is held; else 403 that names what is not.</returns>
    public IResult? Refuse(IEnumerable<string> wanted) => Refuse(wanted, "Nobody gives what they do not hold.");

    /// <summary>Roles that are given must be held; of those that are taken away admin must be, so that no lesser administrator pushes a higher one out.</summary>
    public IResult? Refuse(IEnumerable<Role> given, IEnumerable<Role> taken) =>
        Refuse(given.Concat(taken.Where(role => role.Name == SeededRoles.Admin)).SelectMany(role => role.Permissions));

    /// <summary>For what is done to somebody who holds these.</summary>
    public IResult? RefuseAbove(IEnumerable<string> theirs) => Refuse(theirs, "Nobody changes somebody who holds more than they do.");

    private IResult? Refuse(IEnumerable<string> wanted, string rule)
    {
        var above = wanted.Distinct(StringComparer.Ordinal).Where(want => !permissions.Any(held => Permission.Implies(held, want))).Order(StringComparer.Ordinal).ToList();
        return above.Count == 0 ? null : Refusals.Forbidden($"{rule} You do not hold {string.Join(", ", above.Take(Named))}{(above.Count > Named ? $" and {above.Count - Named} more" : "")}.");
    }
}

/// <summary>What the caller of a request may do at most: what the person holds, and of that no more than the API key they use was given.</summary>
internal sealed class HeldByCaller(UserRoles roles, IHttpContextAccessor http)
{
    /// <summary>Nobody changes somebody who holds more than they do, or whoever may change people could take the account of one who may everything.</summary>
    /// <returns>Null when the actor may.</returns>
    public async Task<IResult?> RefuseAboveAsync(Guid actor, Guid person, CancellationToken ct) =>
        (await OfAsync(actor, ct)).RefuseAbove((await roles.HeldByAsync(person, ct)).SelectMany(role => role.Permissions));

    public async Task<HeldRights> OfAsync(Guid actor, CancellationToken ct)
    {
        var held = (await roles.HeldByAsync(actor, ct)).SelectMany(role => role.Permissions).Distinct(StringComparer.Ordinal).ToList();
        if (http.HttpContext?.User is not { } caller || !BearerTokens.IsApiKey(caller))
            return new HeldRights(held);
        var given = caller.FindAll(BearerTokens.Permissions).Select(claim => claim.Value).ToList();
        return new HeldRights([
            .. held.Where(permission => given.Exists(key => Permission.Implies(key, permission))),
            .. given.Where(key => held.Exists(permission => Permission.Implies(permission, key))),
        ]);
    }
}
