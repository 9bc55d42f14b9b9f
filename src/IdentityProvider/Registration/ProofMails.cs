using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Registration;

/// <summary>Sends the mail of a proof, within the limits, and to nobody else's address.</summary>
internal sealed class ProofMails(Store db, EmailProofs proofs, MailLimits limits)
{
    /// <summary>How long to wait before another mail; zero when one is on its way, or would be if the address had no account.</summary>
    public async Task<TimeSpan> SendAsync(HttpContext http, EmailProof proof, CancellationToken ct)
    {
        var normalized = UserNames.Normalize(proof.Email);
        var lease = await limits.TryAcquireAsync(http, normalized, ct);
        if (!lease.Acquired)
            return lease.RetryAfter;
        var likeness = Likeness.Of(normalized);
        var holder = await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.EmailLikeness == likeness, ct);
        proofs.Add(http, proof with { Mailed = proof.Mailed && (holder is null || holder.Id == proof.UserId || EmailProofs.IsUnproven(holder)) });
        await db.SaveChangesAsync(ct);
        return TimeSpan.Zero;
    }
}
