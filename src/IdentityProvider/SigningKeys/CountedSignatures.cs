using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Metrics;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.SigningKeys;

/// <summary>Counts signatures by algorithm where the library asks for what makes one, so that none is made past the counter.</summary>
internal sealed class CountedSignatures(IMeterFactory meters) : CryptoProviderFactory
{
    public const string Instrument = "identityprovider.signatures";
    private readonly Counter<long> made = meters.Counter(Instrument, "{signature}", "Tokens signed with a private key.");

    public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm, bool cacheProvider)
    {
        made.Add(1, new KeyValuePair<string, object?>("algorithm", algorithm));
        return base.CreateForSigning(key, algorithm, cacheProvider);
    }
}
