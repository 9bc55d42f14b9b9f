using IdentityProvider.Federation;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Federation;

/// <summary>One entry for all tenants of a provider, each an issuer of its own.</summary>
public sealed class SigningInFromTenants(PeerBench bench) : IClassFixture<PeerBench>
{
    [Theory]
    [InlineData("good-1", "good-1", true)]
    [InlineData("good-1", "good-2", false)]
    [InlineData("{tenantid}", "good-1", false)]
    [InlineData("bad-1", "bad-1", false)]
    [InlineData("good-1", null, false)]
    [InlineData("good-1/v2.0/../x", "good-1/v2.0/../x", false)]
    public async Task The_tenant_of_the_token_fills_in_the_issuer_and_is_on_the_list(string issuer, string? tenant, bool enters)
    {
        bench.Peer.Token = token =>
        {
            token.Issuer = $"{bench.Peer.Issuer}/{issuer}/v2.0";
            return Peer.Sign(token);
        };
        bench.Peer.Person = new() { ["sub"] = $"{issuer} {tenant}" };
        if (tenant is not null)
            bench.Peer.Person["tid"] = tenant;
        using var browser = new Browser(bench.Host);
        var page = await bench.SignInAsync(browser, "tenants");
        if (!enters)
            Assert.Contains("Tenants did not confirm who you are.", page.Text, StringComparison.Ordinal);
        Assert.Equal(enters, page.Query("code").Length > 0);
    }

    [Fact]
    public async Task The_same_subject_of_another_tenant_is_somebody_else()
    {
        foreach (var tenant in new[] { "good-1", "good-2", "good-1" })
        {
            bench.Peer.Token = token =>
            {
                token.Issuer = $"{bench.Peer.Issuer}/{tenant}/v2.0";
                return Peer.Sign(token);
            };
            bench.Peer.Person = new() { ["sub"] = "same", ["tid"] = tenant };
            using var browser = new Browser(bench.Host);
            Assert.NotEmpty((await bench.SignInAsync(browser, "tenants")).Query("code"));
        }

        var logins = await bench.Host.InStoreAsync(db => db.Set<ExternalLogin>().Where(l => l.Subject == "same").ToListAsync());
        Assert.Equal(2, logins.Select(l => l.UserId).Distinct().Count());
    }
}
