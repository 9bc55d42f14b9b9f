using System.Net.Http.Headers;
using System.Text.Json;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Google;
using Microsoft.AspNetCore.Authentication.OAuth;
using Microsoft.AspNetCore.WebUtilities;

namespace IdentityProvider.Federation;

/// <summary>What the OAuth handlers are told of Google and of providers that speak plain OAuth 2.0.</summary>
internal static class OAuthSetup
{
    /// <summary>Google's own endpoints, unless a test stands in for it: that is let through in Development alone.</summary>
    public static GoogleOptions Google(UpstreamProvider provider, bool mayOverride)
    {
        var options = new GoogleOptions();
        if (mayOverride && provider is { AuthorizationEndpoint: { } authorize, TokenEndpoint: { } token, UserInfoEndpoint: { } userInfo })
            (options.AuthorizationEndpoint, options.TokenEndpoint, options.UserInformationEndpoint) = (authorize, token, userInfo);
        Fill(options, provider, address => provider.Domains is [var domain] ? QueryHelpers.AddQueryString(address, "hd", domain) : address);
        return options;
    }

    public static OAuthOptions Plain(UpstreamProvider provider)
    {
        var options = new OAuthOptions { AuthorizationEndpoint = provider.AuthorizationEndpoint!, TokenEndpoint = provider.TokenEndpoint!, UserInformationEndpoint = provider.UserInfoEndpoint! };
        Fill(options, provider, address => address);

        // The handler knows no way to ask who it is: that is left to whoever knows the provider.
        options.Events.OnCreatingTicket = ReadUserAsync;
        return options;
    }

    private static void Fill(OAuthOptions options, UpstreamProvider provider, Func<string, string> address)
    {
        options.UsePkce = true;
        options.ClaimActions.Clear();
        foreach (var name in provider.Claims.Names().Values.Append("hd").Distinct())
            options.ClaimActions.MapCustomJson(name, json => ValueAt(json, name));
        foreach (var claim in provider.RoleRules.Select(rule => rule.Claim).Distinct())
            options.ClaimActions.Add(new RuleClaims(claim));
        options.Events = new OAuthEvents
        {
            OnRedirectToAuthorizationEndpoint = context =>
            {
                context.Response.Redirect(address(context.RedirectUri));
                return Task.CompletedTask;
            },
            OnAccessDenied = UpstreamAnswer.OnDenied,
            OnRemoteFailure = UpstreamAnswer.OnFailure,
            OnTicketReceived = UpstreamAnswer.OnTicket,
        };
    }

    private static async Task ReadUserAsync(OAuthCreatingTicketContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, context.Options.UserInformationEndpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", context.AccessToken);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.UserAgent.ParseAdd("IdentityProvider");
        using var response = await context.Backchannel.SendAsync(request, context.HttpContext.RequestAborted);
        if (!response.IsSuccessStatusCode)
            throw new AuthenticationFailureException($"The provider answered {(int)response.StatusCode} when asked who it is.");
        using var user = JsonDocument.Parse(await response.Content.ReadAsStringAsync(context.HttpContext.RequestAborted));
        context.RunClaimActions(user.RootElement);
    }

    /// <summary>Text, number or truth at a path of names; null for whatever else is there.</summary>
    public static string? ValueAt(JsonElement json, string path)
    {
        foreach (var name in path.Split('.'))
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        return json.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? json.ToString() : null;
    }
}
