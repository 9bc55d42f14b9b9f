using System.Diagnostics;
using System.Globalization;
using IdentityProvider.Platform.Shutdown;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>The units of systemd: read here, and by systemd itself where it is.</summary>
public sealed class ShippingUnits
{
    private static readonly string[] Hardening =
    [
        "DynamicUser=yes", "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "PrivateDevices=yes",
        "ProtectProc=invisible", "RestrictNamespaces=yes", "SystemCallFilter=@system-service", "UMask=0077",
    ];

    [Theory]
    [InlineData("identityprovider.service")]
    [InlineData("identityprovider-migrate.service")]
    public void A_unit_is_hardened_and_keeps_secrets_out_of_its_environment(string unit)
    {
        var lines = Checkout.Read($"deploy/systemd/{unit}").Split('\n');
        Assert.All(Hardening, directive => Assert.Contains(directive, lines));
        var credentials = lines.Where(line => line.StartsWith("LoadCredential=", StringComparison.Ordinal)).Select(line => line.Split('=', 2)[1].Split(':')[0]).ToList();
        Assert.Equal(["IdentityProvider__MasterKey", "IdentityProvider__Database__ConnectionString"], credentials);
        Assert.DoesNotContain(lines, line => line.StartsWith("Environment=", StringComparison.Ordinal) && credentials.Any(c => line.Contains(c, StringComparison.Ordinal)));
        if (lines.FirstOrDefault(line => line.StartsWith("TimeoutStopSec=", StringComparison.Ordinal)) is { } stop)
            Assert.True(TimeSpan.FromSeconds(int.Parse(stop.Split('=')[1], CultureInfo.InvariantCulture)) > new ShutdownOptions().Timeout);
    }

    [SystemdTheory]
    [InlineData("identityprovider.service")]
    [InlineData("identityprovider-migrate.service")]
    public async Task Systemd_finds_nothing_wrong(string unit)
    {
        // The program is not installed where the tests run, and systemd looks whether it is.
        using var workspace = new Workspace();
        var file = workspace.Write(unit, Checkout.Read($"deploy/systemd/{unit}").Replace("/usr/bin/dotnet", "/bin/true", StringComparison.Ordinal));
        using var process = Process.Start(new ProcessStartInfo(SystemdTheoryAttribute.Executable, ["verify", file]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.DoesNotContain(unit, said, StringComparison.Ordinal);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>For a machine that runs systemd; containers do not, and tests/run does not bring it.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class SystemdTheoryAttribute : TheoryAttribute
    {
        public const string Executable = "/usr/bin/systemd-analyze";

        public SystemdTheoryAttribute() => Skip = File.Exists(Executable) ? null! : $"There is no {Executable}.";
    }
}
