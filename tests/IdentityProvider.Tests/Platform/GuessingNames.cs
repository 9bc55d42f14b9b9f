using IdentityProvider.Platform.Validation;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public class GuessingNames
{
    [Theory]
    [InlineData("redirect_uri", "redirect_uris")]
    [InlineData("Redirect_URIs", "redirect_uris")]
    [InlineData("scopes", "scope")]
    [InlineData("cleint_id", "client_id")]
    [InlineData("shoe_size", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_near_name_is_found_and_a_far_one_is_not(string given, string? expected)
    {
        Assert.Equal(expected, NearestName.Of(given, ["client_id", "redirect_uris", "scope", "jwks"]));
    }
}
