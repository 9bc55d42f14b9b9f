using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Mfa;

/// <summary>/account/authenticators/{id}: another name, or no longer.</summary>
[SignedInPage, FreshSignIn]
internal sealed class EditAuthenticatorPage(SessionStore sessions, SecondFactors factors, SecondFactorPolicy policy, FactorMails mails, Store db, TimeProvider clock, EventLog events) : PageModel
{
    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    public Authenticator Current { get; private set; } = null!;

    /// <summary>The person must have a factor, and this is the only one.</summary>
    public bool IsLastRequired { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is null)
            return NotFound();
        Name = Current.Name;
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is not { } session)
            return NotFound();
        if (AuthenticatorName.Problem(Name) is { } problem)
        {
            ModelState.AddModelError("name", problem);
            return Page();
        }

        var name = Name!.Trim();
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await db.Set<Authenticator>().Where(a => a.Id == id).ExecuteUpdateAsync(set => set.SetProperty(a => a.Name, name), ct);
            mails.Add(db, session.User, FactorChange.AuthenticatorRenamed, HttpContext, name);
            events.Record(db, new FactorChanged(session.UserId, FactorChange.AuthenticatorRenamed));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return new SeeOtherPage("/account/authenticators?done=renamed");
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is not { } session)
            return NotFound();
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            // First the row of the person: of two removals at once the second waits here, and sees what the first left.
            var now = clock.GetUtcNow();
            await db.Set<User>().Where(u => u.Id == session.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.UpdatedAt, now), ct);
            if (await db.Set<Authenticator>().Where(a => a.Id == id).ExecuteDeleteAsync(ct) == 0)
                return new SeeOtherPage("/account/authenticators");

            if (!await factors.HasAnyAsync(session.UserId, ct))
            {
                // Nothing is committed: the last one that has to be there stays.
                if (await policy.IsRequiredAsync(session.UserId, ct))
                    return new SeeOtherPage($"/account/authenticators/{id}");

                // Codes that stand in for a factor are nothing without one.
                await db.Set<RecoveryCode>().Where(c => c.UserId == session.UserId).ExecuteDeleteAsync(ct);
            }

            mails.Add(db, session.User, FactorChange.AuthenticatorRemoved, HttpContext, Current.Name);
            events.Record(db, new FactorChanged(session.UserId, FactorChange.AuthenticatorRemoved));
            await db.SaveChangesAsync(ct);
            await sessions.EndAllAsync(session.UserId, session.Id, "second_factor_removed", ct);
            await transaction.CommitAsync(ct);
        }

        return new SeeOtherPage("/account/authenticators?done=removed");
    }

    /// <summary>Null when it is not one of this person; nobody learns of others.</summary>
    private async Task<Session?> LoadAsync(Guid id, CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        if (await db.Set<Authenticator>().AsNoTracking().FirstOrDefaultAsync(a => a.Id == id && a.UserId == session.UserId, ct) is not { } mine)
            return null;
        Current = mine;
        IsLastRequired = await db.Set<Authenticator>().CountAsync(a => a.UserId == session.UserId, ct) == 1
            && !await factors.HasAnyAsync(session.UserId, ct, except: TotpFactor.Name) && await policy.IsRequiredAsync(session.UserId, ct);
        return session;
    }
}
