using IdentityProvider.Platform.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.SigningKeys;

/// <summary>Whether keys change as they should, of each algorithm.</summary>
internal static class SigningKeyAges
{
    private static readonly MetricAttribute Algorithm = new("algorithm", "`ES256`, `RS256`, `PS256`");

    public static readonly Metric Age = new(MetricKind.Gauge, "identityprovider.signing_key.age", "s", "How long the key that signs now has done so.", Algorithm);
    public static readonly Metric Remaining = new(MetricKind.Gauge, "identityprovider.signing_key.remaining", "s", "How long until another key follows it; below zero it should have.", Algorithm);

    public static readonly Measurement Measurement = new((provider, _) =>
    {
        var now = provider.GetRequiredService<TimeProvider>().GetUtcNow();
        return Task.FromResult(provider.GetRequiredService<SigningKeyRing>().Active.SelectMany(key => new[]
        {
            new Measured(Age, (now - key.ActivatesAt).TotalSeconds, new KeyValuePair<string, object?>("algorithm", key.Algorithm)),
            new Measured(Remaining, (key.RetiresAt - now).TotalSeconds, new KeyValuePair<string, object?>("algorithm", key.Algorithm)),
        }));
    });
}
