using System.Text.RegularExpressions;
using IdentityProvider.Email;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace IdentityProvider.Tests.Testing;

/// <summary>What a server without SMTP has sent, read from its folder after everything that is due has left.</summary>
internal static partial class Mailbox
{
    /// <summary>All mails to an address, newest first.</summary>
    public static async Task<IReadOnlyList<MimeMessage>> MailsAsync(this IdpHost host, string to)
    {
        await host.Services.GetRequiredService<MailJob>().RunOnceAsync(CancellationToken.None);
        var folder = host.Services.GetRequiredService<MailFolder>();
        var mails = new List<MimeMessage>();
        foreach (var id in folder.List())
            if (await folder.FindAsync(id, CancellationToken.None) is { } mail && mail.To.Mailboxes.Any(m => m.Address == to))
                mails.Add(mail);
        return mails;
    }

    /// <summary>The newest mail to an address, which must be there.</summary>
    public static async Task<MimeMessage> MailAsync(this IdpHost host, string to) =>
        await host.MailsAsync(to) is [var newest, ..] ? newest : throw new InvalidOperationException($"No mail to {to}.");

    /// <summary>The first link of the text part, as a path of the server.</summary>
    public static string Link(this MimeMessage mail) => new Uri(Address().Match(mail.TextBody!).Value).PathAndQuery;

    /// <summary>The eight digits of the subject.</summary>
    public static string Code(this MimeMessage mail) => Digits().Match(mail.Subject!).Value.Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@"https?://\S+\?\S+")]
    private static partial Regex Address();

    [GeneratedRegex("[0-9]{4} [0-9]{4}")]
    private static partial Regex Digits();
}
