using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Passkeys;

/// <summary>/account/passkeys/{id}: another name, or no longer.</summary>
[SignedInPage, FreshSignIn]
internal sealed class EditPage(SessionStore sessions, Store db, WaysIn ways, SecondFactors factors, ISecondFactorPolicy policy, PasskeyMails mails, EventLog events) : PageModel
{
    [BindProperty(Name = "name")]
    public string? Name { get; set; }

    public Passkey Current { get; private set; } = null!;

    /// <summary>Without it the person could not come back.</summary>
    public bool IsLastWay { get; private set; }

    /// <summary>The person must have a second factor, and this is the only one.</summary>
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
        if (await LoadAsync(id, ct) is not { } mine)
            return NotFound();
        var name = Name?.Trim() ?? "";
        if (name.Length == 0)
            ModelState.AddModelError("name", "Enter a name");
        else if (name.Length > Passkey.MaxName)
            ModelState.AddModelError("name", $"Enter a name of at most {Passkey.MaxName} characters");
        else if (name.Any(char.IsControl))
            ModelState.AddModelError("name", "Enter a name on one line");
        if (!ModelState.IsValid)
            return Page();
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await mine.ExecuteUpdateAsync(set => set.SetProperty(p => p.Name, name), ct);
            mails.Renamed(db, session.User, Current, name);
            events.Record(db, new PasskeyRenamed(session.UserId, id));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return new SeeOtherPage("/account/passkeys?done=renamed");
    }

    public async Task<IActionResult> OnPostRemoveAsync(Guid id, CancellationToken ct)
    {
        if (await LoadAsync(id, ct) is not { } mine)
            return NotFound();
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            await ways.HoldAsync(session.UserId, ct);
            if (await mine.ExecuteDeleteAsync(ct) == 0 || !await ways.RemainAsync(session.UserId, ct) || await IsMissedAsync(session.UserId, ct))
                return new SeeOtherPage($"/account/passkeys/{id}");

            // Whoever used it elsewhere is out, too.
            await sessions.EndAllAsync(session.UserId, session.Id, "passkey_removed", ct);
            mails.Removed(db, session.User, Current);
            events.Record(db, new PasskeyRemoved(Current.UserId, id));
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return new SeeOtherPage("/account/passkeys?done=removed");
    }

    /// <summary>The passkey, if it is one of this person; nobody learns of others.</summary>
    private async Task<IQueryable<Passkey>?> LoadAsync(Guid id, CancellationToken ct)
    {
        var userId = (await sessions.FindAsync(HttpContext, ct))!.UserId;
        var mine = db.Set<Passkey>().Where(p => p.Id == id && p.UserId == userId);
        if (await mine.AsNoTracking().FirstOrDefaultAsync(ct) is not { } passkey)
            return null;
        Current = passkey;
        IsLastWay = passkey.UserVerified && await ways.CountAsync(userId, ct) == 1;
        IsLastRequired = await db.Set<Passkey>().CountAsync(p => p.UserId == userId, ct) == 1
            && !await factors.HasAnyAsync(userId, ct, except: PasskeyFactor.Name) && await policy.IsRequiredAsync(userId, ct);
        return mine;
    }

    /// <summary>Is nothing left of what has to be there?</summary>
    private async Task<bool> IsMissedAsync(Guid userId, CancellationToken ct) => !await factors.HasAnyAsync(userId, ct) && await policy.IsRequiredAsync(userId, ct);
}
