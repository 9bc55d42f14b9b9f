using System.Globalization;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Network;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Suspicions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Suspicions;

public sealed class NoticingTravel : IDisposable
{
    private const string Berlin = "81.2.69.1", Hamburg = "81.2.70.1", Sydney = "1.120.0.1", Somewhere = "89.160.20.1", Nowhere = "9.9.9.9", Inside = "10.0.0.7", Ada = "ada@example.test";

    private readonly Workspace workspace = new();
    private readonly FakeTimeProvider clock = new(DateTimeOffset.Parse("2026-11-24T10:00:00Z", CultureInfo.InvariantCulture));
    private readonly Dictionary<string, string> settings;

    public NoticingTravel()
    {
        var file = Path.Combine(workspace.Folder, "places.mmdb");
        File.WriteAllBytes(file, PlacesFile.OfPoints(
            ("81.2.69.0/24", "Berlin", 52.5, 13.4, 20), ("81.2.70.0/24", "Hamburg", 53.55, 10.0, 20), ("1.120.0.0/16", "Sydney", -33.87, 151.2, 50), ("89.160.20.0/24", "Somewhere", 10, -170, 20_000), ("10.0.0.0/8", "Inside", -33.87, 151.2, 1)));
        settings = new(SuspicionBench.Settings) { ["Network:PlacesFile"] = file };
    }

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Two_places_that_nobody_gets_between_in_that_time_are_told_and_mailed_once()
    {
        await using var host = await StartAsync();
        await host.SignInAsync(Berlin, "ada");
        await host.AuditAsync();
        clock.Advance(TimeSpan.FromMinutes(40));
        await host.SignInAsync(Sydney, "ada");

        var told = Assert.Single(await TravelsAsync(host));
        Assert.Equal(("user", Sydney), (told.TargetKind, told.Address));
        Assert.Contains("\"kilometers\":16000,\"minutes\":40,", told.Details, StringComparison.Ordinal);
        Assert.DoesNotContain("52.5", told.Details, StringComparison.Ordinal);
        var mails = await host.MailsAsync(Ada);
        Assert.Equal(["Sign-ins to your IdentityProvider account from far apart", "New sign-in to your IdentityProvider account"], mails.Select(m => m.Subject));
        Assert.Contains($"Only 40 minutes before there was a sign-in from {Berlin} (Berlin): nobody travels that fast.", mails[0].TextBody, StringComparison.Ordinal);
        Assert.Contains($"From: {Sydney} (Sydney)", mails[0].TextBody, StringComparison.Ordinal);
        Assert.StartsWith("/recover/not-me?token=", mails[0].Link(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(FreshDatabase.Providers), MemberType = typeof(FreshDatabase))]
    public async Task Sixteen_sign_ins_at_once_are_told_once(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);

        // Of tries at once five would lock the name, right or not.
        settings["Users:Lockout:Failures"] = "50";
        await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = settings });
        await host.SignInAsync(Berlin, "ada");
        await host.AuditAsync();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => host.SignInAsync(Sydney, "ada")));
        Assert.Single(await TravelsAsync(host));
        Assert.Equal(2, (await host.MailsAsync(Ada)).Count);
    }

    [Theory]
    [InlineData(17, Sydney, 1)]
    [InlineData(19, Sydney, 0)]
    [InlineData(0, Hamburg, 0)]
    [InlineData(0, Somewhere, 0)]
    [InlineData(0, Nowhere, 0)]
    [InlineData(0, Inside, 0)]
    public async Task Only_what_is_certain_is_told(int hours, string address, int told)
    {
        await using var host = await StartAsync();
        await host.SignInAsync(Berlin, "ada");
        await host.AuditAsync();
        clock.Advance(TimeSpan.FromHours(hours));
        await host.SignInAsync(address, "ada");
        Assert.Equal(told, (await TravelsAsync(host)).Count);
    }

    [Fact]
    public async Task Other_people_and_a_browser_that_is_known_travel_as_they_like()
    {
        await using var host = await StartAsync();
        using var first = new Browser(host) { Address = Berlin };
        await first.OpenAccountAsync();
        await host.SignInAsync(Berlin, "grace");
        await host.AuditAsync();
        using var second = new Browser(host) { Address = Sydney };
        foreach (System.Net.Cookie cookie in first.Cookies.GetCookies(host.Issuer))
            if (cookie.Name == "known")
                second.Cookies.Add(host.Issuer, new System.Net.Cookie(cookie.Name, cookie.Value));
        await second.OpenAccountAsync();
        await host.SignInAsync(Sydney, "otp");
        Assert.Empty(await TravelsAsync(host));
        await host.SignInAsync(Sydney, "ada");
        Assert.Single(await TravelsAsync(host));
    }

    [Fact]
    public async Task Without_places_or_switched_off_nothing_is_said()
    {
        settings["Suspicions:TravelKilometers"] = "0";
        await using var host = await StartAsync();
        await host.SignInAsync(Berlin, "ada");
        await host.AuditAsync();
        await host.SignInAsync(Sydney, "ada");
        Assert.Empty(await TravelsAsync(host));
    }

    [Theory]
    [InlineData(52.5, 13.4, 48.86, 2.35, 877)]
    [InlineData(0, 179.5, 0, -179.5, 111)]
    [InlineData(90, 0, -90, 0, 20015)]
    [InlineData(52.5, 13.4, 52.5, 13.4, 0)]
    public void Distances_are_those_of_the_atlas(double fromLatitude, double fromLongitude, double toLatitude, double toLongitude, int kilometers) =>
        Assert.InRange(new GeoPoint(fromLatitude, fromLongitude, 0).KilometersTo(new GeoPoint(toLatitude, toLongitude, 0)), kilometers - 5, kilometers + 5);

    private Task<IdpHost> StartAsync() => IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = settings });

    private static async Task<List<AuditRecord>> TravelsAsync(IdpHost host) => (await host.AuditAsync()).FindAll(record => record.Name == SuspicionKind.Travel);
}
