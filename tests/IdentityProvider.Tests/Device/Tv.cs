using System.Net;
using System.Text.Json;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Device;

/// <summary>A device: asks for codes, shows one of them, and polls with the other.</summary>
internal sealed class Tv(IdpHost host, string clientId = "device")
{
    public const string GrantType = "urn:ietf:params:oauth:grant-type:device_code";

    private readonly RelyingParty client = new(host, clientId);

    public string DeviceCode { get; private set; } = "";
    public string UserCode { get; private set; } = "";
    public Uri Complete { get; private set; } = null!;

    public Task<Answer> AskAsync(string scope = "openid profile offline_access notes:read") => client.PostAsync("/connect/device", ("scope", scope));

    /// <summary>Asks and keeps the codes.</summary>
    public async Task<Tv> StartAsync(string scope = "openid profile offline_access notes:read")
    {
        var answer = await AskAsync(scope);
        if (answer.Status != HttpStatusCode.OK)
            throw new InvalidOperationException($"No device code: {answer.Status} {answer.Error}");
        (DeviceCode, UserCode, Complete) = (answer["device_code"]!, answer["user_code"]!, new Uri(answer["verification_uri_complete"]!));
        return this;
    }

    /// <summary>Polls, on this node or on another.</summary>
    public Task<Answer> PollAsync(IdpHost? node = null, string? deviceCode = null) =>
        new RelyingParty(node ?? host, clientId).TokenAsync(("grant_type", GrantType), ("device_code", deviceCode ?? DeviceCode));

    public Task<Answer> RefreshAsync(string refreshToken) => client.RefreshAsync(refreshToken);

    public async Task<JsonElement> UserInfoAsync(string accessToken) => (await client.GetAsync("/connect/userinfo", accessToken)).Json;

    /// <summary>A person types the code, signs in if they have to, and rests on the page that asks.</summary>
    public async Task<BrowserPage> EnterAsync(Browser browser, string username = "ada")
    {
        await browser.OpenAsync("/device");
        var page = await browser.SubmitAsync("Continue", ("user_code", UserCode));
        return page.Url.AbsolutePath == "/login"
            ? await browser.SubmitAsync("Sign in", ("username", username), ("password", TestDocument.Password))
            : page;
    }

    public async Task<BrowserPage> ApproveAsync(Browser browser, string username = "ada")
    {
        await EnterAsync(browser, username);
        return await browser.SubmitAsync("Approve");
    }
}
