using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using IdentityProvider.Platform;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace IdentityProvider.Email;

/// <summary>Hands mails to the configured server, all of one run over one connection.</summary>
internal sealed class SmtpTransport(IOptions<EmailOptions> options, IOptions<IdentityProviderOptions> server) : IMailTransport
{
    private readonly SmtpOptions smtp = options.Value.Smtp;
    private SmtpClient? client;

    public async Task SendAsync(MimeMessage message)
    {
        // Not cancelled when the server stops: half a hand-over would be a mail sent twice.
        using var timeout = new CancellationTokenSource(smtp.Timeout);
        try
        {
            client ??= await ConnectAsync(timeout.Token);
            await client.SendAsync(message, timeout.Token);
        }
        catch (SmtpCommandException refused) when (refused.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
        {
            throw new MailRefusedException((int)refused.StatusCode, refused);
        }
        catch
        {
            // Whatever state the connection is in, the next mail starts with a new one.
            client?.Dispose();
            client = null;
            throw;
        }
    }

    /// <summary>Connects and signs in as for a mail, and sends none.</summary>
    public async Task TryAsync()
    {
        using var timeout = new CancellationTokenSource(smtp.Timeout);
        client ??= await ConnectAsync(timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (client is not { } closing)
            return;
        client = null;
        using var timeout = new CancellationTokenSource(smtp.Timeout);
        try
        {
            await closing.DisconnectAsync(quit: true, timeout.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or SmtpProtocolException or SmtpCommandException)
        {
            // The mails are handed over; who hangs up first does not matter.
        }

        closing.Dispose();
    }

    private async Task<SmtpClient> ConnectAsync(CancellationToken ct)
    {
        // A revocation list that cannot be reached must not stop all mails.
        var connecting = new SmtpClient { LocalDomain = server.Value.IssuerUri.IdnHost, CheckCertificateRevocation = false };
        try
        {
            if (smtp.CertificateAuthorityFile is { } file)
                connecting.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, file);
            await connecting.ConnectAsync(smtp.Host!, smtp.Port, smtp.Security switch
            {
                SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
                SmtpSecurity.StartTls => SecureSocketOptions.StartTls,
                _ => SecureSocketOptions.None,
            }, ct);
            if (smtp.Username is not null)
                await connecting.AuthenticateAsync(smtp.Username, smtp.Password ?? (await File.ReadAllTextAsync(smtp.PasswordFile!, ct)).Trim(), ct);
            return connecting;
        }
        catch
        {
            connecting.Dispose();
            throw;
        }
    }

    /// <summary>Trusted by the system, or by the given authorities; the name must be right in any case.</summary>
    private static bool IsTrusted(X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors, string authorities)
    {
        if (errors is SslPolicyErrors.None or not SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
            return errors == SslPolicyErrors.None;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(authorities);
        foreach (var element in sent?.ChainElements.ToArray() ?? [])
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var presented = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(presented);
    }
}
