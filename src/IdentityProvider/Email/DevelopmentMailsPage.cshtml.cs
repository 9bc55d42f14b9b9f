using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Hosting;
using MimeKit;

namespace IdentityProvider.Email;

/// <summary>/development/mails: the mails of the folder, in Development only.</summary>
internal sealed class DevelopmentMailsPage(MailFolder folder, IHostEnvironment environment) : PageModel
{
    public IReadOnlyList<KeyValuePair<Guid, MimeMessage>> Mails { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!environment.IsDevelopment())
            return NotFound();
        var mails = new List<KeyValuePair<Guid, MimeMessage>>();
        foreach (var id in folder.List())
            if (await folder.FindAsync(id, ct) is { } mail)
                mails.Add(new(id, mail));
        Mails = mails;
        return Page();
    }
}
