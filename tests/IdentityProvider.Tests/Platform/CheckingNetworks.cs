using IdentityProvider.Platform.Network;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public sealed class CheckingNetworks
{
    [Theory]
    [InlineData("10.0.0.7")]
    [InlineData("10.1.0.0/16")]
    [InlineData("fd00::/8")]
    [InlineData("::1")]
    public void An_address_or_a_network_can_be_trusted(string proxy) => Assert.True(Check(proxy, "idp.internal").Succeeded);

    [Theory]
    [InlineData("proxy.internal", "is no address")]
    [InlineData("10.0.0.7/40", "is no address")]
    [InlineData("", "is no address")]
    [InlineData("0.0.0.0/0", "believes more than")]
    [InlineData("::/0", "believes more than")]
    [InlineData("10.0.0.0/7", "believes more than")]
    public void What_is_none_or_everybody_cannot(string proxy, string said) => Assert.Contains(said, Check(proxy, "idp.internal").FailureMessage, StringComparison.Ordinal);

    [Theory]
    [InlineData("*")]
    [InlineData("*.example.com")]
    [InlineData("https://idp.internal")]
    [InlineData("idp.internal:8080")]
    public void A_host_is_a_name_and_nothing_else(string host) => Assert.Contains("is no host name", Check("10.0.0.7", host).FailureMessage, StringComparison.Ordinal);

    private static Microsoft.Extensions.Options.ValidateOptionsResult Check(string proxy, string host) =>
        new NetworkRules().Validate(null, new NetworkOptions { TrustedProxies = { proxy }, FurtherHosts = { host } });
}
