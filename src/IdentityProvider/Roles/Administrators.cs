using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Roles;

/// <summary>Users who are about to be gone, as another room knows them: nobody to rely on.</summary>
internal sealed record Leaving(Func<Store, IQueryable<Guid>> Users);

/// <summary>Who holds the role admin, by itself or through a group, and can sign in. The last one stays.</summary>
internal sealed class Administrators(Store db, IEnumerable<Leaving> leaving)
{
    /// <summary>More than so many are nobody's to look after by hand.</summary>
    private const int Most = 1000;

    /// <summary>Those who can sign in, some of them where there are very many.</summary>
    public async Task<IReadOnlyList<Guid>> SomeAsync(CancellationToken ct)
    {
        var holders = await UserRoles.Holders(db, SeededRoles.Admin).Take(Most).ToListAsync(ct);
        var able = db.Set<User>().Where(user => holders.Contains(user.Id) && user.DisabledAt == null && user.ServiceSince == null);
        foreach (var users in leaving.Select(room => room.Users(db)))
            able = able.Where(user => !users.Contains(user.Id));
        return await able.Select(user => user.Id).ToListAsync(ct);
    }

    /// <summary>Is there one? Asked before and after a change, in its transaction under the <see cref="RoleLock"/>.</summary>
    public Task<bool> AnyAsync(CancellationToken ct)
    {
        var able = db.Set<User>().Where(user => user.DisabledAt == null && user.ServiceSince == null);
        foreach (var users in leaving.Select(room => room.Users(db)))
            able = able.Where(user => !users.Contains(user.Id));
        var holders = UserRoles.Holders(db, SeededRoles.Admin);
        return able.AnyAsync(user => holders.Contains(user.Id), ct);
    }
}
