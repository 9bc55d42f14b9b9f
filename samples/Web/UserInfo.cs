using System.Security.Claims;
using Duende.IdentityModel.Client;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;

namespace Samples.Web;

/// <summary>What the server says about the person now, as opposed to what it said in the ID token at sign-in.</summary>
internal sealed class UserInfo(HttpClient http, IOptionsMonitor<OpenIdConnectOptions> options)
{
    public async Task<(IEnumerable<Claim> Claims, string? Error)> GetAsync(string accessToken, CancellationToken ct)
    {
        var server = await options.Get(OpenIdConnectDefaults.AuthenticationScheme).ConfigurationManager!.GetConfigurationAsync(ct);
        using var request = new UserInfoRequest { Address = server.UserInfoEndpoint, Token = accessToken };
        var response = await http.GetUserInfoAsync(request, ct);
        return (response.Claims, response.Error);
    }
}
