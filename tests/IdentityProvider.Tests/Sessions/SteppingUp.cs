using System.Net;
using System.Net.Http.Headers;
using IdentityProvider.Mfa;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IdentityProvider.Tests.Sessions;

/// <summary>Our own API says which sign-in it wants (RFC 9470).</summary>
public sealed class SteppingUp
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_old_sign_in_is_refused_with_the_age_that_is_wanted_and_a_fresh_one_goes_through()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock, Settings = new() { ["Sessions:IdleTimeout"] = "12:00:00" } });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        await client.TokensAsync(browser);
        clock.Advance(TimeSpan.FromHours(2));
        var tokens = await client.TokensAsync(browser);
        var (status, challenge) = await LogOutAllAsync(host, tokens["access_token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("error=\"insufficient_user_authentication\"", challenge, StringComparison.Ordinal);
        Assert.Contains("max_age=\"3600\"", challenge, StringComparison.Ordinal);
        Assert.DoesNotContain("acr_values", challenge, StringComparison.Ordinal);

        await browser.OpenAsync(client.AuthorizeUrl("openid", ("max_age", "3600")));
        var page = await browser.SubmitAsync("Continue", ("username", "ada"), ("password", TestDocument.Password));
        tokens = await client.RedeemAsync(page.Query("code"));
        Assert.Equal(HttpStatusCode.NoContent, (await LogOutAllAsync(host, tokens["access_token"]!)).Status);
    }

    [Fact]
    public async Task Of_somebody_who_has_a_second_factor_a_token_without_it_is_too_weak()
    {
        await using var host = await IdpHost.StartAsync(new IdpSetup { Clock = clock });
        using var browser = new Browser(host);
        var tokens = await new RelyingParty(host, "trusted").TokensAsync(browser);
        await host.InStoreAsync(async db =>
        {
            db.Add(new Authenticator { UserId = await db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.Id).SingleAsync(), Name = "Phone", ProtectedSecret = "none", CreatedAt = clock.GetUtcNow() });
            return await db.SaveChangesAsync();
        });
        var (status, challenge) = await LogOutAllAsync(host, tokens["access_token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("acr_values=\"urn:identityprovider:acr:mfa\", max_age=\"3600\"", challenge, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Challenge)> LogOutAllAsync(IdpHost host, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/logout-all");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await host.Http.SendAsync(request);
        return (response.StatusCode, response.Headers.WwwAuthenticate.ToString());
    }
}
