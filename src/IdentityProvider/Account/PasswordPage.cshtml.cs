using System.Globalization;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Account;

/// <summary>
/// /account/password. The current password is not asked for: the page opens only to a sign-in of at most five minutes, which
/// proves more than a password (a second factor too, where there is one) and works for people who sign in without one.
/// </summary>
[SignedInPage, FreshSignIn]
internal sealed class PasswordPage(SessionStore sessions, Store db, Passwords passwords, StoredPasswords stored, PasswordRules rules, KnownBrowsers browsers, MailOutbox outbox, EventLog events, TimeProvider clock) : PageModel
{
    [BindProperty(Name = "password")]
    public string? Password { get; set; }

    public PasswordRules Rules => rules;
    public string Username { get; private set; } = "";
    public bool HasPassword { get; private set; }
    public bool Saved { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "saved")] bool saved, CancellationToken ct)
    {
        await LoadAsync(ct);
        Saved = saved;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var session = await LoadAsync(ct);
        if (string.IsNullOrEmpty(Password))
            ModelState.AddModelError("password", "Enter a new password");
        else
            foreach (var problem in rules.Problems(Password, session.User))
                ModelState.AddModelError("password", problem);
        if (!ModelState.IsValid)
            return Page();

        var hash = await passwords.HashAsync(Password!, ct);
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (!await stored.ReplacePasswordAsync(session.UserId, session.User.PasswordHash, hash, ct))
            {
                ModelState.AddModelError("password", "Your password was changed somewhere else meanwhile. Enter it again to change it once more");
                return Page();
            }

            await sessions.EndAllAsync(session.UserId, session.Id, "password_changed", ct);
            Tell(session.User);
            events.Record(db, new PasswordChanged(session.UserId, "changed"));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        // The proof that hung on the old password is void; the person is still the one who signed in here.
        browsers.Remember(HttpContext, await db.Set<User>().AsNoTracking().FirstAsync(u => u.Id == session.UserId, ct));
        return new SeeOtherPage("/account/password?saved=true");
    }

    private void Tell(User user)
    {
        if (EmailAddress.IsValid(user.Email))
            outbox.Add(db, new MailMessage("password-changed", user.Email!, user.Locale, new Dictionary<string, string> { ["time"] = clock.GetUtcNow().ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture) }));
    }

    private async Task<Session> LoadAsync(CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        Username = session.User.UserName ?? session.User.Email ?? "";
        HasPassword = session.User.PasswordHash is not null;
        return session;
    }
}
