using System.Globalization;
using System.Net.Security;

namespace IdentityProvider.Tool.Doctor;

/// <summary>Encryption and time.</summary>
internal static class ConnectionChecks
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(60), Bearable = TimeSpan.FromMinutes(5);
    private const int FewDays = 14;

    public static IEnumerable<Finding> Of(Probe probe, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        if (probe.Server.Scheme == "http")
            yield return new("tls", Health.Warn, "the connection is not encrypted", "For development on this machine only. Elsewhere put https before it.");
        else if (probe.Certificate is { } certificate)
            yield return Certificate(certificate.NotAfter.ToUniversalTime(), probe.Errors, now);
        if (probe.Date is not { } date)
            yield break;
        var skew = (date - now).Duration();
        var words = string.Create(CultureInfo.InvariantCulture, $"{skew.TotalSeconds:0} seconds between here and there");
        yield return skew <= Tolerated ? new("clock", Health.Ok, words)
            : new("clock", skew <= Bearable ? Health.Warn : Health.Fail, words, "Tokens are refused as not valid yet, or as over. Set both clocks by NTP.");
    }

    private static Finding Certificate(DateTimeOffset until, SslPolicyErrors errors, DateTimeOffset now)
    {
        var days = (int)Math.Floor((until - now).TotalDays);
        return (errors, days) switch
        {
            (_, < 0) => new("tls", Health.Fail, $"the certificate ended {-days} days ago", "Renew it."),
            (not SslPolicyErrors.None, _) => new("tls", Health.Fail, $"the certificate is not trusted here: {errors}", "Name and chain must be right for every client: send the intermediate certificates too, and use one of a known authority."),
            (_, < FewDays) => new("tls", Health.Warn, $"the certificate ends in {days} days", "Renew it, and let that happen by itself."),
            _ => new("tls", Health.Ok, $"the certificate is good for {days} days"),
        };
    }
}
