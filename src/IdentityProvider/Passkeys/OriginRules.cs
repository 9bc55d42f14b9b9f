using IdentityProvider.Platform;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>A relying party id that browsers would refuse, or an origin that no browser would send, stops the start.</summary>
internal sealed class OriginRules(IOptionsMonitor<IdentityProviderOptions> root) : IValidateOptions<PasskeysOptions>
{
    private const string AndroidApp = "android:apk-key-hash:";

    public ValidateOptionsResult Validate(string? name, PasskeysOptions options)
    {
        List<string> problems = [];
        if (options.RelyingPartyId is { } id && Uri.TryCreate(root.CurrentValue.Issuer, UriKind.Absolute, out var issuer) && !Covers(id, issuer.IdnHost))
            problems.Add($"{nameof(options.RelyingPartyId)} is not the issuer's host or a domain above it. Write {issuer.IdnHost}, or leave it out.");
        problems.AddRange(options.Origins.Where(o => !IsOrigin(o)).Select((_, i) =>
            $"{nameof(options.Origins)}:{i} is not an origin. Write scheme and host without a path, like https://login.example.com."));
        return problems.Count > 0 ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
    }

    /// <summary>Whole labels only: badexample.com does not lie below example.com.</summary>
    private static bool Covers(string id, string host) =>
        id == host || (id.Contains('.', StringComparison.Ordinal) && host.EndsWith("." + id, StringComparison.Ordinal));

    private static bool IsOrigin(string text) => text.Length <= 300
        && (text.StartsWith(AndroidApp, StringComparison.Ordinal)
            || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && RelyingParty.OriginOf(uri) == text && (uri.Scheme == Uri.UriSchemeHttps || uri.IsLoopback)));
}
