using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Account;

/// <summary>Keeps one picture a person, and the claim <c>picture</c> that names its address.</summary>
internal sealed class PictureStore(Store db, TimeProvider clock, EventLog events, IOptions<IdentityProviderOptions> options)
{
    private const string Path = "account/picture/";

    /// <summary>The path on this server; null for none, or one that lies elsewhere.</summary>
    public static string? PathOf(string? claim) =>
        claim?.LastIndexOf("/" + Path, StringComparison.Ordinal) is { } start and >= 0 ? claim[start..] : null;

    public async Task SaveAsync(Guid userId, byte[] content, CancellationToken ct)
    {
        var picture = new Picture { UserId = userId, Name = Handle.Create(), Content = content };
        await using var transaction = await db.Database.BeginTransactionAsync(ct);

        // First the row of the person: of two uploads at once the second waits here.
        await ClaimAsync(userId, new Uri(options.Value.IssuerUri, Path + picture.Name).AbsoluteUri, ct);
        await db.Set<Picture>().Where(p => p.UserId == userId).ExecuteDeleteAsync(ct);
        db.Add(picture);
        events.Record(db, new ProfileChanged(userId, "picture"));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    public async Task RemoveAsync(Guid userId, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ClaimAsync(userId, null, ct);
        await db.Set<Picture>().Where(p => p.UserId == userId).ExecuteDeleteAsync(ct);
        events.Record(db, new ProfileChanged(userId, "picture"));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    private Task<int> ClaimAsync(Guid userId, string? address, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return db.Set<User>().Where(u => u.Id == userId).ExecuteUpdateAsync(set => set.SetProperty(u => u.Picture, address).SetProperty(u => u.UpdatedAt, now), ct);
    }
}
