using System.Net;
using System.Text.Json;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Device;

/// <summary>RFC 8628 sections 3.1 and 3.2.</summary>
public sealed class AskingForCodes : IAsyncLifetime
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_answer_has_every_member_of_the_specification()
    {
        var answer = await new Tv(host).AskAsync();
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.True(answer["device_code"]!.Length >= 43);
        Assert.Matches("^[0-9]{4}-[0-9]{4}-[0-9]{4}$", answer["user_code"]);
        Assert.Equal(host["/device"].ToString(), answer["verification_uri"]);
        Assert.Equal($"{host["/device"]}?user_code={answer["user_code"]}", answer["verification_uri_complete"]);
        Assert.Equal(JsonValueKind.Number, answer.Json.GetProperty("expires_in").ValueKind);
        Assert.Equal(600, answer.Json.GetProperty("expires_in").GetInt32());
        Assert.Equal(5, answer.Json.GetProperty("interval").GetInt32());
        Assert.Equal("no-store", answer.Response.Headers.CacheControl!.ToString());
    }

    [Fact]
    public async Task Two_requests_get_different_codes()
    {
        var (one, other) = (await new Tv(host).StartAsync(), await new Tv(host).StartAsync());
        Assert.NotEqual(one.DeviceCode, other.DeviceCode);
        Assert.NotEqual(one.UserCode, other.UserCode);
    }

    [Theory]
    [InlineData("device", "openid nosuch", "invalid_scope")]
    [InlineData("device", "openid notes:write", "invalid_scope")]
    [InlineData("device2", "openid notes:read", "invalid_scope")]
    [InlineData("spa", "openid", "unauthorized_client")]
    [InlineData("nobody", "openid", "invalid_client")]
    public async Task A_request_that_may_not_be_made_gets_the_code_of_the_specification(string clientId, string scope, string error)
    {
        var answer = await new Tv(host, clientId).AskAsync(scope);
        Assert.Equal(error, answer.Error);
        Assert.Equal(error == "invalid_client" ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest, answer.Status);
        Assert.NotEmpty(answer["error_description"]!);
    }

    [Fact]
    public async Task A_resource_that_the_client_may_not_use_is_refused() =>
        Assert.Equal("invalid_target", (await new RelyingParty(host, "device").PostAsync("/connect/device", ("scope", "openid"), ("resource", TestDocument.OtherApi))).Error);

    [Fact]
    public async Task Discovery_names_the_endpoint_and_the_grant_type()
    {
        using var metadata = JsonDocument.Parse(await host.Http.GetStringAsync("/.well-known/openid-configuration"));
        Assert.Equal(host["/connect/device"].ToString(), metadata.RootElement.GetProperty("device_authorization_endpoint").GetString());
        Assert.Contains(Tv.GrantType, metadata.RootElement.GetProperty("grant_types_supported").EnumerateArray().Select(g => g.GetString()));
    }

    [Fact]
    public async Task A_client_has_twenty_open_codes_at_most_from_one_address()
    {
        var tv = new Tv(host);
        for (var i = 0; i < 20; i++)
            await tv.StartAsync();
        var refused = await tv.AskAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);
        Assert.Equal("slow_down", refused.Error);
        Assert.InRange(refused.Response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 600);

        // Another client is another matter, and a code that was answered is not open.
        Assert.Equal(HttpStatusCode.OK, (await new Tv(host, "device2").AskAsync("openid")).Status);
        using var browser = new Browser(host);
        await tv.ApproveAsync(browser);
        Assert.Equal(HttpStatusCode.OK, (await tv.AskAsync()).Status);
    }

    [Fact]
    public async Task All_clients_together_have_a_bound_too()
    {
        await using var small = await IdpHost.StartAsync(new IdpSetup { Settings = { ["RateLimits:OpenDeviceCodes"] = "2" } });
        await new Tv(small).StartAsync();
        await new Tv(small, "device2").StartAsync("openid");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await new Tv(small).AskAsync()).Status);
    }

    [Fact]
    public async Task An_address_asks_twenty_times_a_minute_at_most()
    {
        await using var strict = await IdpHost.StartAsync(new IdpSetup
        {
            Clock = clock,
            Settings = { ["RateLimits:DeviceAuthorization:Permits"] = "20", ["RateLimits:OpenDeviceCodesPerClientAndAddress"] = "1000" },
        });
        for (var i = 0; i < 10; i++)
        {
            await new Tv(strict).StartAsync();
            await new Tv(strict, "device2").StartAsync("openid");
        }

        var refused = await new Tv(strict).AskAsync();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.Status);

        // Whoever waits as long as the answer says gets through, and not before.
        var wait = refused.Response.Headers.RetryAfter!.Delta!.Value;
        clock.Advance(wait - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await new Tv(strict).AskAsync()).Status);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, (await new Tv(strict).AskAsync()).Status);
    }
}
