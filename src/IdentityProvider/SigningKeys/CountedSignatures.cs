using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Metrics;
using Microsoft.IdentityModel.Tokens;

namespace IdentityProvider.SigningKeys;

/// <summary>Counts signatures by algorithm where the library asks for what makes one, so that none is made past the counter.</summary>
internal sealed class CountedSignatures(IMeterFactory meters) : CryptoProviderFactory
{
    public const string Instrument = "identityprovider.signatures";
    public static readonly Metric Signatures = new(MetricKind.Counter, Instrument, "{signature}", "Signatures made with a private key: tokens, and what else is signed.", new MetricAttribute("algorithm", "`ES256`, `RS256`, `PS256`"));
    private readonly Counter<long> made = meters.Counter(Signatures);

    public override SignatureProvider CreateForSigning(SecurityKey key, string algorithm, bool cacheProvider)
    {
        made.Add(1, new KeyValuePair<string, object?>("algorithm", algorithm));
        return base.CreateForSigning(key, algorithm, cacheProvider);
    }
}
