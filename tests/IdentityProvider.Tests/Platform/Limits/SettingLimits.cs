using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.Extensions.Options;
using Xunit;

namespace IdentityProvider.Tests.Platform.Limits;

[Collection(SharedDatabasesCollection.Name)]
public sealed class SettingLimits(SharedDatabases databases)
{
    [Fact]
    public void A_limit_is_set_by_part_and_keeps_the_rest()
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, null, ("RateLimits:SignInPerAddress:Permits", "3"), ("RateLimits:OpenDeviceCodes", "7"));
        var limits = node.Get<IOptions<RateLimitsOptions>>().Value;
        Assert.Equal((3, TimeSpan.FromMinutes(1)), (limits.SignInPerAddress.Permits, limits.SignInPerAddress.Window));
        Assert.Equal(7, limits.OpenDeviceCodes);
        Assert.Equal(60, limits.ClientAuthenticationFailures.Permits);
    }

    [Theory]
    [InlineData("RateLimits:SignInPerAddress:Permits", "0")]
    [InlineData("RateLimits:OtpPerUser:Window", "00:00:00.5")]
    [InlineData("RateLimits:PushedAuthorization:Window", "2.00:00:00")]
    [InlineData("RateLimits:OpenDeviceCodes", "0")]
    public void A_limit_out_of_range_stops_the_start(string key, string value)
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, null, (key, value));
        Assert.Throws<OptionsValidationException>(() => node.Get<IOptions<RateLimitsOptions>>().Value);
    }

    [Theory]
    [InlineData("Users:BcryptCost", "11")]
    [InlineData("Users:Argon2MemoryKiB", "64")]
    [InlineData("Users:PasswordAlgorithm", "7")]
    [InlineData("Users:Lockout:Failures", "0")]
    [InlineData("Users:Lockout:Window", "00:00:00")]
    public void A_weaker_setting_for_users_than_allowed_stops_the_start(string key, string value)
    {
        using var node = databases.Node(DatabaseProvider.Sqlite, null, (key, value));
        Assert.Throws<OptionsValidationException>(() => node.Get<IOptions<UsersOptions>>().Value);
    }
}
