using System.Net;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Telemetry;

/// <summary>An address is an IP address: a name may lead to a network that it should not be on.</summary>
internal sealed class TelemetryRules : IValidateOptions<TelemetryOptions>
{
    public ValidateOptionsResult Validate(string? name, TelemetryOptions options) => IPAddress.TryParse(options.PrometheusAddress, out _)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("PrometheusAddress is no IP address. Write one of this machine, like 127.0.0.1 or ::1.");
}
