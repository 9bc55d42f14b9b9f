using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform.Limits;

public sealed class SeeingLimits
{
    [Fact]
    public async Task A_limit_that_was_reached_and_a_lock_show_as_numbers_without_naming_anybody()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = new() { ["RateLimits:SignInPerAddress:Permits"] = "6" } });
        using var counts = new MetricCollector<long>(host.Services.GetRequiredService<IMeterFactory>(), ServerMeter.Name, EventLog.Instrument);
        using var browser = new Browser(host);
        await browser.OpenAsync(new RelyingParty(host).AuthorizeUrl());
        for (var i = 0; i < 8; i++)
            await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", "wrong"));

        var seen = counts.GetMeasurementSnapshot().Select(m => $"{m.Tags["event"]} {m.Tags.GetValueOrDefault("reason")}".Trim()).ToList();
        Assert.Equal(5, seen.Count(s => s == "sign_in.refused wrong_password"));
        Assert.Equal(1, seen.Count(s => s == "sign_in.name_locked"));
        Assert.Equal(1, seen.Count(s => s == "sign_in.refused locked"));
        Assert.Equal(2, seen.Count(s => s == "limits.reached sign-in"));
        Assert.DoesNotContain(counts.GetMeasurementSnapshot(), m => m.Tags.Keys.Any(tag => tag is not ("event" or "reason")));
    }
}
