using IdentityProvider.Platform.Http;
using IdentityProvider.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Account;

/// <summary>/account/picture: upload one, or take it away.</summary>
[SignedInPage]
internal sealed class PicturePage(SessionStore sessions, PictureStore pictures) : PageModel
{
    public const int MaxBytes = 1024 * 1024;

    [BindProperty(Name = "picture")]
    public IFormFile? Upload { get; set; }

    public string AccountName { get; private set; } = "";
    public string? Current { get; private set; }

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var session = await LoadAsync(ct);
        var (content, problem) = Upload switch
        {
            null or { Length: 0 } => (null, "Choose a file"),
            { Length: > MaxBytes } => (null, "Choose a file of at most 1 MB"),
            { } file => await PictureEncoder.EncodeAsync(await ReadAsync(file, ct), ct),
        };
        if (content is null)
        {
            ModelState.AddModelError("picture", problem!);
            return Page();
        }

        await pictures.SaveAsync(session.UserId, content, ct);
        return new SeeOtherPage("/account?saved=picture");
    }

    public async Task<IActionResult> OnPostRemoveAsync(CancellationToken ct)
    {
        var session = await LoadAsync(ct);
        await pictures.RemoveAsync(session.UserId, ct);
        return new SeeOtherPage("/account?saved=picture");
    }

    private async Task<Session> LoadAsync(CancellationToken ct)
    {
        var session = (await sessions.FindAsync(HttpContext, ct))!;
        AccountName = session.User.DisplayName;
        Current = PictureStore.PathOf(session.User.Picture);
        return session;
    }

    private static async Task<byte[]> ReadAsync(IFormFile file, CancellationToken ct)
    {
        var content = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(content, ct);
        return content;
    }
}
