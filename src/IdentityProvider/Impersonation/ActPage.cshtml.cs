using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Impersonation;

/// <summary>/admin/users/{sub}/impersonate: what it means to act for somebody, and why it is done.</summary>
[SignedInPage, FreshSignIn, Permission(Permission.ImpersonateUsers)]
internal sealed class ActPage(Impersonations impersonations, SessionStore sessions) : PageModel
{
    [BindProperty(Name = "reason")]
    public string? Reason { get; set; }

    public User Person { get; private set; } = null!;

    /// <summary>Why not; null where they may.</summary>
    public string? Refusal { get; private set; }

    public TimeSpan Lifetime => impersonations.Lifetime;

    public async Task<IActionResult> OnGetAsync(Guid sub, CancellationToken ct) => await LoadAsync(sub, ct) is { } missing ? missing : Page();

    public async Task<IActionResult> OnPostAsync(Guid sub, CancellationToken ct)
    {
        if (await LoadAsync(sub, ct) is { } missing)
            return missing;
        var reason = Reason?.Trim() ?? "";
        if (reason.Length < 5 || reason.Length > Session.MaxReason || reason.Any(char.IsControl))
        {
            ModelState.AddModelError("reason", $"Say why, in one line of 5 to {Session.MaxReason} characters");
            return Page();
        }

        var (wait, refusal) = await impersonations.StartAsync(HttpContext, (await sessions.FindAsync(HttpContext, ct))!, sub, reason, ct);
        if (wait is { } pause)
        {
            Response.Headers.RetryAfter = RetryLater.Seconds(pause);
            ModelState.AddModelError("", $"You have acted for too many people. Try again in {Duration.InWords(pause)}");
            var page = Page();
            page.StatusCode = StatusCodes.Status429TooManyRequests;
            return page;
        }

        if (refusal is null)
            return new SeeOtherPage("/account");
        Refusal = refusal;
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(Guid sub, CancellationToken ct)
    {
        if (!impersonations.AreOn)
            return new ErrorActionResult(new ErrorInfo(StatusCodes.Status404NotFound, "not_found", "Nobody acts for others on this server.")
            {
                Heading = "This is switched off",
                Advice = "It begins with the setting Sessions:ImpersonationLifetime.",
            });
        var (person, refusal) = await impersonations.FindAsync((await sessions.FindAsync(HttpContext, ct))!.UserId, sub, ct);
        if (person is null)
            return new ErrorActionResult(new ErrorInfo(StatusCodes.Status404NotFound, "not_found", "There is no such person.") { Heading = "There is no such person" });
        (Person, Refusal) = (person, refusal);
        return null;
    }
}
