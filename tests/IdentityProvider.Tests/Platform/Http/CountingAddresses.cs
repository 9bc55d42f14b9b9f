using System.Net;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace IdentityProvider.Tests.Platform.Http;

public sealed class CountingAddresses
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64")]
    [InlineData("2001:db8:1:3::1", "2001:db8:1:3::/64")]
    [InlineData("fe80::1%3", "fe80::/64")]
    public void An_address_counts_as_its_subscriber(string address, string counted)
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
        Assert.Equal(counted, ClientAddress.Of(context));
    }

    [Theory]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6")]
    public void An_address_is_shown_whole(string address, string shown) =>
        Assert.Equal(shown, ClientAddress.Shown(new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } }));

    [Fact]
    public void A_forwarded_header_is_not_believed()
    {
        var context = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse("192.0.2.1") } };
        context.Request.Headers["X-Forwarded-For"] = "198.51.100.7";
        Assert.Equal("192.0.2.1", ClientAddress.Of(context));
    }

    [Fact]
    public void A_peer_without_address_is_counted_too() => Assert.Equal("local", ClientAddress.Of(new DefaultHttpContext()));
}
