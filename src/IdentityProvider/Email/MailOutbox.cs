using System.Text.Json;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Email;

/// <summary>
/// Writes a mail down beside its cause: it is saved with the caller's changes, in their transaction, or not at all. Sending is
/// somebody else's, later: whether the mail server is up, slow or refuses can change no answer.
/// </summary>
internal sealed class MailOutbox(MasterKey master, IOptions<EmailOptions> options, IHostEnvironment environment, TimeProvider clock)
{
    public const string Purpose = "mail";

    /// <summary>False without a mail server outside Development: then nothing is written, and pages offer nothing that needs a mail.</summary>
    public bool CanSend => CanSendWith(options.Value, environment);

    public static bool CanSendWith(EmailOptions options, IHostEnvironment environment) => options.Smtp.Host is not null || environment.IsDevelopment();

    /// <exception cref="ArgumentException">The address is none; whoever took it from a person has checked it before.</exception>
    public void Add(Store db, MailMessage message)
    {
        if (!EmailAddress.IsValid(message.To))
            throw new ArgumentException("A mail goes to one valid address.", nameof(message));
        if (!CanSend)
            return;
        var now = clock.GetUtcNow();
        db.Add(new Mail
        {
            Template = message.Template,
            ProtectedMessage = master.Protect(JsonSerializer.SerializeToUtf8Bytes(message), Purpose),
            CreatedAt = now,
            ExpiresAt = Earlier(now + options.Value.GiveUpAfter, message.ExpiresAt),
            DueAt = now,
        });
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset? b) => b < a ? b.Value : a;
}
