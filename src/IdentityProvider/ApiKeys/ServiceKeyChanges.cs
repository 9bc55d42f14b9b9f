using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>Keys of service accounts, which make none by themselves: an administrator does, on a page or over the API, and gives to them nothing that the account or the administrator does not hold.</summary>
internal sealed class ServiceKeyChanges(Store db, ApiKeyChanges changes, IOptions<ApiKeysOptions> options)
{
    public static Task<User?> OwnerAsync(Store db, Guid sub, CancellationToken ct) => db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == sub && u.ServiceSince != null, ct);

    public async Task<(MadeKey Made, IResult? Refused)> CreateAsync(Guid actor, Guid sub, HttpContext http, ApiKeyRequest request, CancellationToken ct)
    {
        if (!options.Value.Enabled)
            return (default, ApiKeysApi.Missing);
        if (await OwnerAsync(db, sub, ct) is not { } owner)
            return (default, Refusals.Missing("service account"));
        if (owner.DisabledAt is not null)
            return (default, Refusals.Conflict("The account is disabled. Let it in first."));
        if (await changes.TooManyAsync(actor, ct) is { } wait)
            return (default, new TooManyResult(wait));
        if (await AboveAsync(actor, request.Permissions, ct) is { } refused)
            return (default, refused);
        return (await changes.CreateAsync(owner, http, request, check: false, ct, actor), null);
    }

    public async Task<(MadeKey Made, IResult? Refused)> RotateAsync(Guid actor, Guid sub, Guid id, HttpContext http, TimeSpan overlap, CancellationToken ct)
    {
        if (await OwnerAsync(db, sub, ct) is not { } owner || await db.Set<ApiKey>().AsNoTracking().FirstOrDefaultAsync(k => k.Id == id && k.UserId == sub, ct) is not { } key)
            return (default, ApiKeysApi.Missing);
        if (await changes.TooManyAsync(actor, ct) is { } wait)
            return (default, new TooManyResult(wait));

        // The new secret does what the old one did, and is in the caller's hands.
        if (await AboveAsync(actor, key.Permissions, ct) is { } refused)
            return (default, refused);
        return await changes.RotateAsync(owner, http, id, overlap, ct, actor) is { } made ? (made, null) : (default, ApiKeysApi.Missing);
    }

    /// <returns>False where there is none that works.</returns>
    public async Task<bool> RevokeAsync(Guid actor, Guid sub, Guid id, HttpContext http, CancellationToken ct) =>
        await OwnerAsync(db, sub, ct) is not null && await changes.RevokeAsync(actor, sub, http, id, ct);

    private async Task<IResult?> AboveAsync(Guid actor, IReadOnlyList<string> permissions, CancellationToken ct)
    {
        var held = await changes.HeldAsync(actor, ct);
        return permissions.FirstOrDefault(wanted => !held.Any(own => Permission.Implies(own, wanted))) is { } above
            ? Refusals.Forbidden($"Nobody gives what they do not hold. You do not hold {Constraints.Shown(above)}.")
            : null;
    }
}
