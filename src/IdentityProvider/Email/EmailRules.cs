using System.Net;
using IdentityProvider.Platform.Validation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Email;

/// <summary>What the settings of mail must be together. Whether mail is needed at all is said by the rooms that need it.</summary>
internal sealed class EmailRules(IHostEnvironment environment) : IValidateOptions<EmailOptions>
{
    public ValidateOptionsResult Validate(string? name, EmailOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Problems(EmailOptions options)
    {
        if (options.From.Length > 0 && !EmailAddress.IsValid(options.From))
            yield return "From is not an e-mail address. Write it like noreply@example.com; the name beside it goes into FromName.";
        if (options.FromName.Any(char.IsControl))
            yield return "FromName has a line break or another control character. Take it out.";
        var smtp = options.Smtp;
        if (smtp.Host is null)
            yield break;
        if (options.From.Length == 0)
            yield return "From is missing. Give the address that mails come from.";
        if (smtp.Username is null != (smtp.Password is null && smtp.PasswordFile is null))
            yield return "Smtp:Username and Smtp:Password (or Smtp:PasswordFile) belong together. Give both or none.";
        if (smtp.Password is not null && smtp.PasswordFile is not null)
            yield return "Smtp:PasswordFile is set beside Smtp:Password. Remove one of the two.";
        foreach (var file in new[] { smtp.PasswordFile, smtp.CertificateAuthorityFile })
            if (file is not null && !File.Exists(file))
                yield return $"{Path.GetFileName(file)} does not exist or cannot be read. Check Smtp:PasswordFile and Smtp:CertificateAuthorityFile.";
        if (smtp.Security == SmtpSecurity.None && !environment.IsDevelopment() && !IsHere(smtp.Host))
            yield return "Smtp:Security is None, and mails hold codes. Use StartTls or Tls, or a relay on this machine.";
    }

    private static bool IsHere(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
