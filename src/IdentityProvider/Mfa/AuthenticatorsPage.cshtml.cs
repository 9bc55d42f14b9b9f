using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa;

/// <summary>/account/authenticators: the apps, and how many recovery codes are left.</summary>
[SignedInPage]
internal sealed class AuthenticatorsPage(SessionStore sessions, SecondFactors factors, RecoveryCodes recovery, Store db) : PageModel
{
    public IReadOnlyList<AuthenticatorRow> Authenticators { get; private set; } = [];
    public int CodesLeft { get; private set; }
    public bool HasFactor { get; private set; }
    public string? Notice { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "done")] string? done, CancellationToken ct)
    {
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        var stored = await db.Set<Authenticator>().AsNoTracking().Where(a => a.UserId == userId).OrderBy(a => a.CreatedAt)
            .Select(a => new { a.Id, a.Name, a.CreatedAt, a.LastStep }).ToListAsync(ct);
        Authenticators = [.. stored.Select(a => new AuthenticatorRow(a.Id, a.Name, a.CreatedAt, TotpSecret.TimeOf(a.LastStep)))];
        CodesLeft = await recovery.RemainingAsync(userId, ct);
        HasFactor = await factors.HasAnyAsync(userId, ct);
        Notice = done switch
        {
            "added" => "Your app is set up. From now on you are asked for its code when you sign in.",
            "renamed" => "The new name is saved.",
            "removed" => "The app is removed, and you are signed out everywhere else.",
            "codes" => "Your new recovery codes are the ones that work. Older ones do not any more.",
            _ => null,
        };
    }
}

/// <summary>An authenticator as its row shows it.</summary>
internal sealed record AuthenticatorRow(Guid Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);
