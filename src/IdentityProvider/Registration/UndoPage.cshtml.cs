using IdentityProvider.OneTimeCodes;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Registration;

/// <summary>
/// /account/email/undo: without a sign-in, because who needs it may have lost the account; in any browser, because the mail is
/// read in one that asked for nothing.
/// </summary>
internal sealed class UndoPage(CodeStore codes, EmailUndo undo) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Token { get; set; }

    /// <summary>The address that comes back; null when the link leads nowhere.</summary>
    public string? Address { get; private set; }

    public bool Done { get; private set; }

    public async Task OnGetAsync(CancellationToken ct) => Address = await FindAsync(ct) is { } found ? EmailProofs.Read(found).Email : null;

    public async Task OnPostAsync(CancellationToken ct)
    {
        if (await FindAsync(ct) is { } found && await undo.UndoAsync(found, ct) is { } user)
            (Address, Done) = (user.Email, true);
    }

    private Task<FoundCode?> FindAsync(CancellationToken ct) => codes.FindByLinkAsync(EmailUndo.Purpose, Token, null, ct);
}
