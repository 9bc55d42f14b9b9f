using IdentityProvider.Email;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Validation;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary>Registration without mail would leave everybody waiting.</summary>
internal sealed class RegistrationRules(IServiceProvider services, IHostEnvironment environment) : IValidateOptions<RegistrationOptions>
{
    public ValidateOptionsResult Validate(string? name, RegistrationOptions options)
    {
        // As bound, not as validated: what is wrong with the mail's own settings is said by its own rules.
        var canSend = MailOutbox.CanSendWith(SettingsValues.Bind<EmailOptions>(services), environment);
        var problems = new List<string>();
        if (!canSend && options.Mode != RegistrationMode.Off)
            problems.Add($"Mode is {options.Mode}, but no mail can be sent. Set IdentityProvider:Email:Smtp:Host and IdentityProvider:Email:From, or Mode to Off.");
        if (!canSend && options.ProofDemandedOf == EmailProofDemand.Everybody)
            problems.Add("ProofDemandedOf is Everybody, but no mail can be sent. Set IdentityProvider:Email:Smtp:Host and IdentityProvider:Email:From, or use Registered.");
        problems.AddRange(options.Domains.Where(domain => EmailAddress.AsciiDomain(domain) is null).Select(domain => $"Domains has \"{Constraints.Shown(domain)}\", which is no domain. Write it like example.com."));
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
