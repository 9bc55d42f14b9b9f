using System.Text.Json;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Themes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;

namespace IdentityProvider.Email;

/// <summary>Makes the mail of a row: the theme's text with the values, as text and as HTML.</summary>
internal sealed class MailComposer(CurrentTheme themes, MasterKey master, IOptions<EmailOptions> options, IOptions<IdentityProviderOptions> server, ILogger<MailComposer> log)
{
    public async Task<MimeMessage> ComposeAsync(Mail mail)
    {
        var message = JsonSerializer.Deserialize<MailMessage>(master.Unprotect(mail.ProtectedMessage, MailOutbox.Purpose))!;
        var text = await RenderAsync(message);
        var issuer = server.Value.IssuerUri;
        var mime = new MimeMessage
        {
            MessageId = $"{mail.Id:N}@{issuer.IdnHost}",
            Date = mail.CreatedAt,
            Subject = text.Subject,
            Body = new MultipartAlternative
            {
                new TextPart("plain") { Text = text.Text },
                new TextPart("html") { Text = text.Html },
            },
        };
        var from = options.Value.From is { Length: > 0 } configured ? configured : $"noreply@{issuer.IdnHost}";
        mime.From.Add(new MailboxAddress(options.Value.FromName is { Length: > 0 } name ? name : server.Value.ProductName, from));

        // Built from its parts, never parsed: an address stays one address whatever is in it.
        mime.To.Add(new MailboxAddress(null, message.To));

        // RFC 3834: no out-of-office answer to a machine.
        mime.Headers.Add("Auto-Submitted", "auto-generated");
        mime.Headers.Add("X-Auto-Response-Suppress", "All");
        return mime;
    }

    private async Task<MailText> RenderAsync(MailMessage message)
    {
        var theme = themes.Get();
        var about = new MailFrame(server.Value.ProductName, server.Value.IssuerUri);
        try
        {
            return await theme.RenderMailAsync(message.Template, message.Language, message.Values, about);
        }
        catch (Exception fault) when (theme != CurrentTheme.BuiltIn)
        {
            // Somebody waits for this mail: better in another dress than not at all.
            log.LogError(fault, "The theme's mail/{Template}.liquid cannot be used, the built-in one is sent: {Reason}", message.Template, fault.Message);
            return await CurrentTheme.BuiltIn.RenderMailAsync(message.Template, message.Language, message.Values, about);
        }
    }
}
