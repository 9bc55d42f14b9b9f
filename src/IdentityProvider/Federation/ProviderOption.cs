using IdentityProvider.Authorize;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Themes;
using IdentityProvider.UpstreamProviders;

namespace IdentityProvider.Federation;

/// <summary>The buttons on the sign-in page, one for each provider.</summary>
internal sealed class ProviderOption(ProviderCatalog catalog, CurrentTheme theme) : ISignInOption
{
    public ValueTask<IReadOnlyList<SignInOptionLink>> ForAsync(WaitingRequest request, CancellationToken ct) =>
        ValueTask.FromResult<IReadOnlyList<SignInOptionLink>>([.. catalog.Offered.Where(p => IsOffered(request, p)).Select(p => new SignInOptionLink($"Sign in with {p.Row.DisplayName}", $"/federation/{p.Row.Name}/start?ticket={request.Ticket}")
        {
            Icon = IconOf(p.Row),
            Letter = Monogram.Of(p.Row.DisplayName),
            IsHinted = IsHinted(request, p),
            IsElsewhere = true,
            Way = LastWay.Provider(p.Row.Name),
        })]);

    /// <summary>The theme's, by the name of the provider or by its kind: provider-corp.svg, provider-google.svg.</summary>
    private string? IconOf(UpstreamProvider provider)
    {
        var files = theme.Get();
        return (files.Find($"provider-{provider.Name}.svg") ?? files.Find($"provider-{provider.Name}.png") ?? files.Find($"provider-{provider.Kind}.svg")) is { } icon ? $"/theme/{icon.HashedName}" : null;
    }

    /// <summary>Is it on, and does the client take its people?</summary>
    public static bool IsOffered(WaitingRequest request, KnownProvider provider) => provider.IsOffered && (request.Client.Providers.Count == 0 || request.Client.Providers.Contains(provider.Row.Name));

    /// <summary>By name (<c>idp</c>), or by the domain of the address the client expects, if it is one of the provider's.</summary>
    private static bool IsHinted(WaitingRequest request, KnownProvider provider)
    {
        if ((string?)request.Request["idp"] is { Length: > 0 } name)
            return name == provider.Row.Name;
        return request.Request.LoginHint is { } hint && hint.LastIndexOf('@') is > 0 and var at && EmailAddress.AsciiDomain(hint[(at + 1)..]) is { } domain
            && provider.Row.Domains.Any(own => string.Equals(EmailAddress.AsciiDomain(own), domain, StringComparison.OrdinalIgnoreCase));
    }
}
