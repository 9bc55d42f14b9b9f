using IdentityProvider.Tests.House;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>A setting with a wrong name stops a start: no file that people copy from may have one.</summary>
public sealed class NamingSettings
{
    [Fact]
    public void Every_setting_that_is_written_down_somewhere_is_one()
    {
        var named = (from file in Checkout.Files("deploy").Concat(Checkout.Files("docs/operate")).Concat(Checkout.Files("docs/guide", ".md")).Concat(["README.md", "docker-compose.yml", "Dockerfile"])
                     from name in NamedSettings.In(Checkout.Read(file))
                     select (file, name)).Distinct().ToList();
        Assert.True(named.Count > 50, $"Only {named.Count} names were found.");
        Assert.Empty(named.Where(n => !NamedSettings.Exists(n.name)).Select(n => $"{n.file}: {n.name}"));
    }

    [Theory]
    [InlineData("IdentityProvider__Network__TrustedProxies__0", true)]
    [InlineData("IdentityProvider__Database__ConnectionString_FILE", true)]
    [InlineData("IdentityProvider:Shutdown", true)]
    [InlineData("IdentityProvider__Network__TrustedProxy__0", false)]
    [InlineData("IdentityProvider__Database__ConnectionStrings_FILE", false)]
    [InlineData("IdentityProvider__Redis__Session", false)]
    public void A_name_is_found_in_both_spellings_and_a_wrong_one_is_not(string text, bool exists) =>
        Assert.Equal(exists, NamedSettings.Exists(Assert.Single(NamedSettings.In($"  {text}: x"))));
}
