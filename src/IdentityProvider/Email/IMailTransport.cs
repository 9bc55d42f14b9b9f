using MimeKit;

namespace IdentityProvider.Email;

/// <summary>
/// The way out for the mails of one run. Reason for the interface: there are two, a mail server and, in Development, a folder.
/// </summary>
internal interface IMailTransport : IAsyncDisposable
{
    /// <summary>Returns when somebody else has the mail.</summary>
    /// <exception cref="MailRefusedException">This mail is refused, now or for good; others may pass.</exception>
    /// <exception cref="Exception">Anything else: nobody takes mails at the moment.</exception>
    Task SendAsync(MimeMessage message);
}

/// <summary>The server said no to this mail.</summary>
internal sealed class MailRefusedException(int status, Exception cause) : Exception($"The mail server refused the mail with {status}.", cause)
{
    /// <summary>A permanent no (RFC 5321 section 4.2.1): trying again changes nothing.</summary>
    public bool IsFinal => status >= 500;
}
