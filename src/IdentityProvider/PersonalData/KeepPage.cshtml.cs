using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.PersonalData;

/// <summary>/keep-account?token=: the mailed link. Opening it changes nothing, for scanners of mail open links too.</summary>
internal sealed class KeepPage(Deletions deletions) : PageModel
{
    private const int MaxLength = 100;

    [BindProperty(Name = "token", SupportsGet = true)]
    public string? Token { get; set; }

    /// <summary>Null before the button is pressed.</summary>
    public bool? Kept { get; private set; }

    public async Task OnPostAsync(CancellationToken ct) =>
        Kept = Token is { Length: > 0 and <= MaxLength } token && await deletions.UndoAsync(token, ct);
}
