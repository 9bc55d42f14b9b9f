using System.Data.Common;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using MailKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Doctor.Looks;

/// <summary>The mail server lets us in, and no mail waits. None is sent.</summary>
internal sealed class MailLook(Store db, SmtpTransport smtp, IOptions<EmailOptions> options, IHostEnvironment environment, TimeProvider clock) : ILook
{
    private static readonly TimeSpan old = TimeSpan.FromMinutes(15);

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var settings = options.Value.Smtp;
        if (settings.Host is null)
            yield return environment.IsDevelopment()
                ? new("mail", Level.Ok, $"Mails are written into {options.Value.Folder} and shown at /development/mails.")
                : new("mail", Level.Warning, "No mail server is set: no mail leaves, and nobody proves an address or gets back in.", "Set IdentityProvider:Email:Smtp:Host and IdentityProvider:Email:From.");
        else if (await FailureAsync() is { } failure)
            yield return new("mail", Level.Problem, $"{settings.Host}:{settings.Port} does not take mails: {failure}", Remedy(settings));
        else
            yield return new("mail", Level.Ok, $"{settings.Host}:{settings.Port} answers {(settings.Security == SmtpSecurity.None ? "without encryption" : $"by {settings.Security}")}{(settings.Username is null ? "" : " and lets us in")}.");
        if (await WaitingAsync(ct) is > 0 and var waiting)
            yield return new("mail", Level.Warning, string.Create(CultureInfo.InvariantCulture, $"{waiting} mail(s) have been waiting for more than 15 minutes."), "The log of the server says why they do not leave.");
    }

    private static string Remedy(SmtpOptions settings) => settings.Security == SmtpSecurity.StartTls && settings.Port == 465
        ? "Port 465 speaks TLS from the first byte: set IdentityProvider:Email:Smtp:Security to Tls."
        : "Look at IdentityProvider:Email:Smtp (Host, Port, Security, Username, Password, CertificateAuthorityFile) and whether this machine may reach it.";

    private async Task<string?> FailureAsync()
    {
        try
        {
            await smtp.TryAsync();
            return null;
        }
        catch (OperationCanceledException)
        {
            return string.Create(CultureInfo.InvariantCulture, $"it did not answer within {options.Value.Smtp.Timeout.TotalSeconds:0} seconds.");
        }
        catch (Exception failure) when (failure is IOException or SocketException or CommandException or ProtocolException or MailKit.Security.AuthenticationException or MailKit.Security.SslHandshakeException or NotSupportedException)
        {
            return failure.Message.ReplaceLineEndings(" ");
        }
    }

    private async Task<int> WaitingAsync(CancellationToken ct)
    {
        try
        {
            var before = clock.GetUtcNow() - old;
            return !await db.Database.CanConnectAsync(ct) ? 0 : await db.Set<Mail>().CountAsync(mail => mail.CreatedAt < before, ct);
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException)
        {
            return 0; // Said of the database.
        }
    }
}
