using IdentityProvider.Platform.Network;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>Roughly where somebody was, if the operator brings a file that knows.</summary>
public sealed class SeeingPlaces : IDisposable
{
    private const string London = "81.2.69.142", Hostile = "2a02:cf40::7";
    private static readonly byte[] City = PlacesFile.Of("GeoLite2-City",
        ("81.2.69.0/24", "London", "United Kingdom"), ("89.160.20.0/24", null, "Sweden"), ("10.0.0.0/8", "Here", "Nowhere"), ("2a02:cf40::/32", "<b>Ber\nlin</b>" + new string('x', 300), "Germany"));

    private readonly Workspace workspace = new();
    private readonly FakeTimeProvider clock = new();
    private string File => Path.Combine(workspace.Folder, "places.mmdb");

    public SeeingPlaces() => System.IO.File.WriteAllBytes(File, City);

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task A_person_and_an_administrator_see_it_beside_the_address_and_mails_say_it()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup
        {
            Document = TestDocument.Json.Replace("\"users:read\"", "\"sessions:read\"", StringComparison.Ordinal).Replace("\"totp_secret\"", "\"roles\": [\"admin\"], \"totp_secret\"", StringComparison.Ordinal),
            Settings = { ["Network:PlacesFile"] = File, ["Network:TrustedProxies:0"] = "127.0.0.1" },
        });
        using var here = new Browser(host) { Address = London };
        using var there = new Browser(host) { Address = Hostile };
        await there.OpenAccountAsync("/account");
        var page = await here.OpenAccountAsync("/account/sessions");
        Assert.Contains($"{London} · London, United Kingdom", Line(page), StringComparison.Ordinal);
        Assert.Contains("<b>Berlin</b>xxx", page.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(new string('x', 60), page.Text, StringComparison.Ordinal);
        using var admin = new Browser(host);
        await admin.OpenAccountAsync("/admin/sessions", "otp");
        page = await admin.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp()));
        Assert.Contains($"{London} · London, United Kingdom", Line(page), StringComparison.Ordinal);
        var mails = string.Concat((await host.MailsAsync("ada@example.test")).Select(m => m.TextBody + m.HtmlBody));
        Assert.Contains($"{London} (London, United Kingdom)", mails, StringComparison.Ordinal);
        Assert.Contains("(&lt;b&gt;Berlin&lt;/b&gt;xxx", mails, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(London, "London, United Kingdom")]
    [InlineData("::ffff:81.2.69.142", "London, United Kingdom")]
    [InlineData("89.160.20.112", "Sweden")]
    [InlineData("1.1.1.1", null)]
    [InlineData("2a00::1", null)]
    [InlineData("10.0.0.7", null)]
    [InlineData("local", null)]
    [InlineData(null, null)]
    public void It_is_the_city_and_the_country_or_nothing(string? address, string? place)
    {
        using var places = Open();
        Assert.Equal(place, places.Of(address));
    }

    [Fact]
    public void A_new_file_counts_within_a_minute_and_a_broken_one_does_not()
    {
        using var places = Open();
        Assert.Equal("London, United Kingdom", places.Of(London));
        Replace(City[..1000]);
        Assert.Equal("London, United Kingdom", places.Of(London));
        Replace(PlacesFile.Of("GeoLite2-City", ("81.2.69.0/24", "Southwark", "United Kingdom")));
        Assert.Equal("Southwark, United Kingdom", places.Of(London));
    }

    [Theory]
    [InlineData("missing", "does not exist")]
    [InlineData("text", "no MaxMind database")]
    [InlineData("truncated", "no MaxMind database")]
    [InlineData("asn", "holds no places")]
    public void A_file_that_cannot_say_it_stops_the_start(string what, string said)
    {
        var file = what == "missing" ? File + "x" : File;
        System.IO.File.WriteAllBytes(File, what switch { "text" => "places"u8.ToArray(), "asn" => PlacesFile.Of("GeoLite2-ASN"), "truncated" => City[..^20], _ => City });
        Assert.Contains(said, new NetworkRules().Validate(null, new NetworkOptions { PlacesFile = file }).FailureMessage, StringComparison.Ordinal);
        System.IO.File.WriteAllBytes(File, City);
        Assert.True(new NetworkRules().Validate(null, new NetworkOptions { PlacesFile = File }).Succeeded);
    }

    /// <summary>As it is read: on one line.</summary>
    private static string Line(BrowserPage page) => string.Join(' ', page.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private Places Open() => new(Options.Create(new NetworkOptions { PlacesFile = File }), clock, NullLogger<Places>.Instance);

    private void Replace(byte[] content)
    {
        System.IO.File.WriteAllBytes(File, content);
        System.IO.File.SetLastWriteTimeUtc(File, System.IO.File.GetLastWriteTimeUtc(File).AddSeconds(content.Length));
        clock.Advance(TimeSpan.FromMinutes(1));
    }
}
