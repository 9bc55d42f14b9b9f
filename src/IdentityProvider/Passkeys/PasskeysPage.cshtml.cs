using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>/account/passkeys: which ones there are, where they are kept, when they were used.</summary>
[SignedInPage]
internal sealed class PasskeysPage(SessionStore sessions, SecondFactors factors, Store db, RelyingParty party) : PageModel
{
    public IReadOnlyList<PasskeyRow> Passkeys { get; private set; } = [];
    public string? Notice { get; private set; }

    /// <summary>Nothing else confirms a password: not even a recovery code.</summary>
    public bool IsOnlyFactor { get; private set; }

    /// <summary>For the browser's password manager.</summary>
    public string Signals { get; private set; } = "";

    public async Task OnGetAsync([FromQuery(Name = "done")] string? done, CancellationToken ct)
    {
        var user = (await sessions.FindAsync(HttpContext, ct))!.User;
        var stored = await db.Set<Passkey>().AsNoTracking().Where(p => p.UserId == user.Id).OrderByDescending(p => p.CreatedAt)
            .Select(p => new { p.Id, p.CredentialId, p.Name, p.Aaguid, p.BackedUp, p.CreatedAt, p.LastUsedAt }).ToListAsync(ct);
        Passkeys = [.. stored.Select(p => new PasskeyRow(p.Id, p.Name, Providers.NameOf(p.Aaguid), p.BackedUp, p.CreatedAt, p.LastUsedAt))];
        Signals = PasskeySignals.Current(party, user, stored.Select(p => p.CredentialId));
        IsOnlyFactor = (await factors.OfAsync(user.Id, Acr.Password, ct)) is [PasskeyFactor];
        Notice = done switch
        {
            "added" => "Your passkey is ready. You can sign in with it from now on.",
            "renamed" => "The new name is saved.",
            "removed" => "The passkey is removed. It no longer signs you in here; you can delete it from the device too.",
            _ => null,
        };
    }
}

/// <summary>A passkey as its card shows it.</summary>
internal sealed record PasskeyRow(Guid Id, string Name, string? Provider, bool Synced, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);
