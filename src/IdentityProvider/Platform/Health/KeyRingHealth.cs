using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IdentityProvider.Platform.Health;

/// <summary>
/// What is sealed now opens now. The ring is read once and kept, under the master key: a ring of another master key, or one that could never be read,
/// shows here before a form is refused.
/// </summary>
internal sealed class KeyRingHealth(IDataProtectionProvider protection) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var protector = protection.CreateProtector("health");
            protector.Unprotect(protector.Protect([1]));
            return Task.FromResult(HealthCheckResult.Healthy());
        }
        catch (CryptographicException)
        {
            return Task.FromResult(HealthCheckResult.Unhealthy("unusable"));
        }
    }
}
