using System.Net;
using IdentityProvider.Platform.Network;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public sealed class CallingOut
{
    [Theory]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://localhost:9/")]
    [InlineData("http://[::1]:9/")]
    [InlineData("http://[::ffff:10.0.0.1]:9/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://0x7f.1:9/")]
    public async Task Nothing_inside_is_reached(string url)
    {
        using var http = new OutgoingHttp(Options.Create(new NetworkOptions()), new HostingEnvironment { EnvironmentName = "Production" });
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.Client.GetAsync(new Uri(url)));
        Assert.Contains("no public address", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.16.3.4", false)]
    [InlineData("172.32.3.4", true)]
    [InlineData("100.64.0.1", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("::", false)]
    public void Public_is_what_the_registries_leave(string address, bool isPublic) => Assert.Equal(isPublic, SpecialAddresses.IsPublic(IPAddress.Parse(address)));
}
