using System.Text;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation;

/// <summary>Which session here came from which elsewhere.</summary>
internal sealed class UpstreamSessions(Store db, MasterKey master)
{
    /// <summary>It goes through the address bar; a longer one is not kept, and the provider asks the person instead.</summary>
    private const int MaxIdToken = 4000;

    /// <summary>At each sign-in by a provider, saved with the session; the last one counts.</summary>
    public async Task PrepareAsync(KnownProvider provider, UpstreamIdentity who, string? idToken, Session session, CancellationToken ct)
    {
        session.Factors[0].Provider = provider.Row.Name;
        if (await db.Set<UpstreamSession>().FirstOrDefaultAsync(s => s.SessionId == session.Id, ct) is not { } row)
            db.Add(row = new UpstreamSession { SessionId = session.Id, Issuer = "", Subject = "" });
        (row.ProviderId, row.Issuer, row.Subject, row.Sid) = (provider.Row.Id, who.Issuer, who.Subject, who.Sid);
        row.ProtectedIdToken = idToken is { Length: > 0 and <= MaxIdToken } && provider.Row.SignsOut ? master.Protect(Encoding.UTF8.GetBytes(idToken), PurposeOf(session.Id)) : null;
    }

    public Task<UpstreamSession?> OfAsync(Guid sessionId, CancellationToken ct) => db.Set<UpstreamSession>().AsNoTracking().FirstOrDefaultAsync(s => s.SessionId == sessionId, ct);

    public string? IdTokenOf(UpstreamSession session) =>
        session.ProtectedIdToken is { } text ? Encoding.UTF8.GetString(master.Unprotect(text, PurposeOf(session.SessionId))) : null;

    private static string PurposeOf(Guid session) => $"upstream-id-token\n{session:N}";
}
