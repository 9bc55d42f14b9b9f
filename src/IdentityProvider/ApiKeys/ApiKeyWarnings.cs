using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys;

/// <summary>Tells people in time that a key of theirs ends, once for each key; one that was replaced needs no word.</summary>
internal static class ApiKeyWarnings
{
    private const int Batch = 100;

    public static async Task<int> SendAsync(Store db, DateTimeOffset now, IServiceProvider services, CancellationToken ct)
    {
        var (outbox, soon) = (services.GetRequiredService<MailOutbox>(), now + services.GetRequiredService<IOptions<ApiKeysOptions>>().Value.WarnBefore);
        var link = new Uri(services.GetRequiredService<IOptions<IdentityProviderOptions>>().Value.IssuerUri, "account/keys").AbsoluteUri;
        var ending = await db.Set<ApiKey>().AsNoTracking().Where(k => k.WarnedAt == null && k.RevokedAt == null && k.SuccessorId == null && k.ExpiresAt > now && k.ExpiresAt <= soon)
            .OrderBy(k => k.ExpiresAt).Take(Batch).Join(db.Set<User>(), k => k.UserId, u => u.Id, (key, user) => new { Key = key, User = user }).ToListAsync(ct);
        foreach (var row in ending)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            if (await db.Set<ApiKey>().Where(k => k.Id == row.Key.Id && k.WarnedAt == null).ExecuteUpdateAsync(set => set.SetProperty(k => k.WarnedAt, now), ct) == 0)
                continue;
            if (row.User is { EmailConfirmed: true, DisabledAt: null } && EmailAddress.IsValid(row.User.Email))
                outbox.Add(db, new MailMessage("api-key", row.User.Email!, row.User.Locale, new Dictionary<string, string>
                {
                    ["change"] = "expiring",
                    ["name"] = row.Key.Name,
                    ["shown"] = row.Key.Shown,
                    ["until"] = row.Key.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy", CultureInfo.InvariantCulture),
                    ["account"] = link,
                }));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
            db.ChangeTracker.Clear();
        }

        return 0;
    }
}
