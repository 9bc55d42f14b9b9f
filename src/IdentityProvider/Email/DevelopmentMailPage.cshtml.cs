using IdentityProvider.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace IdentityProvider.Email;

/// <summary>/development/mails/{id}: one mail of the folder, with links to click on.</summary>
internal sealed class DevelopmentMailPage(MailFolder folder, IHostEnvironment environment, IOptions<IdentityProviderOptions> options) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public MimeMessage Mail { get; private set; } = null!;
    public IReadOnlyList<MailLine> Lines { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!environment.IsDevelopment() || await folder.FindAsync(Id, ct) is not { } mail)
            return NotFound();
        Mail = mail;
        Lines = [.. (mail.TextBody ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(line => new MailLine(line, line.StartsWith(options.Value.IssuerUri.AbsoluteUri, StringComparison.Ordinal)))];
        return Page();
    }

    /// <summary>The HTML part as a mail program shows it: its own style, nothing that runs or is loaded.</summary>
    public static async Task<Results<ContentHttpResult, NotFound>> Html(Guid id, MailFolder folder, HttpContext http, CancellationToken ct)
    {
        if (await folder.FindAsync(id, ct) is not { } mail)
            return TypedResults.NotFound();
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-top-navigation-by-user-activation";
        return TypedResults.Content(mail.HtmlBody, "text/html; charset=utf-8");
    }
}

internal sealed record MailLine(string Text, bool IsLink);
