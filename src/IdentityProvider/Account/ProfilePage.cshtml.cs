using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Account;

/// <summary>/account: who the person is, for the apps they let know.</summary>
[SignedInPage]
internal sealed class ProfilePage(SessionStore sessions, Store db, TimeProvider clock, EventLog events) : PageModel
{
    [BindProperty]
    public ProfileForm Form { get; set; } = new();

    /// <summary>The state of the profile that the form was filled from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public User Person { get; private set; } = null!;

    /// <summary>Claims that somebody else changed while the form was open, with what is stored now.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Changed { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        Form = ProfileForm.Of(Person);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        foreach (var claim in ProfileForm.Fields)
            if (PersonalFacts.Problem(claim, ProfileForm.Clean(Form[claim]), today) is { } problem)
                ModelState.AddModelError(claim, problem);
        if (!ModelState.IsValid)
            return Page();

        var before = ProfileForm.Of(Person);
        var user = db.Attach(Person).Entity;
        db.Entry(user).Property(u => u.ConcurrencyStamp).OriginalValue = Version;
        Form.WriteTo(user);
        user.ConcurrencyStamp = Guid.CreateVersion7().ToString();
        user.UpdatedAt = clock.GetUtcNow();
        events.Record(db, new ProfileChanged(user.Id, string.Join(' ', ProfileForm.Fields.Where(claim => before[claim] != ProfileForm.Clean(Form[claim])))));
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            return await ChangedMeanwhileAsync(user.Id, ct);
        }

        return new SeeOtherPage("/account?saved=profile");
    }

    /// <summary>Nothing is overwritten unseen, and nothing typed is lost: the person decides.</summary>
    private async Task<PageResult> ChangedMeanwhileAsync(Guid userId, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        Person = await db.Set<User>().AsNoTracking().FirstAsync(u => u.Id == userId, ct);
        var stored = ProfileForm.Of(Person);
        Changed = [.. ProfileForm.Fields.Where(claim => stored[claim] != ProfileForm.Clean(Form[claim])).Select(claim => KeyValuePair.Create(claim, stored[claim]))];
        Version = Person.ConcurrencyStamp;
        ModelState.Remove("version");
        return Page();
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        Person = (await sessions.FindAsync(HttpContext, ct))!.User;
        Version ??= Person.ConcurrencyStamp;
    }
}

/// <summary>Which claims, and not what they say: the audit outlives the person's account.</summary>
internal sealed record ProfileChanged(Guid UserId, string Claims) : IEvent
{
    public string Name => "account.profile_changed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("claims", Claims)];
}
