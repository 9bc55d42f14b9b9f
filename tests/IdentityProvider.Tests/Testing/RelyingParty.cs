using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace IdentityProvider.Tests.Testing;

/// <summary>The answer of a protocol endpoint.</summary>
internal sealed record Answer(System.Net.HttpStatusCode Status, JsonElement Json, HttpResponseMessage Response)
{
    public string? this[string name] => Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) ? value.ToString() : null;
    public string? Error => this["error"];
}

/// <summary>
/// Builds protocol requests by hand, so that a test can get each of them wrong. Whole flows of libraries that we did not
/// write have tests of their own.
/// </summary>
internal sealed class RelyingParty(HttpClient http, string clientId = "web", string? redirectUri = null)
{
    public RelyingParty(IdpHost host, string clientId = "web", string? redirectUri = null)
        : this(host.Http, clientId, redirectUri)
    {
    }

    public string Verifier { get; init; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
    public string State { get; init; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
    public string Nonce { get; init; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));
    public string ClientId => clientId;
    public string RedirectUri => redirectUri ?? (clientId == "spa" ? "https://spa.test/callback" : clientId == "native" ? "http://127.0.0.1:5005/callback" : TestDocument.Callback);
    public string Challenge => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>A right authorization request; a parameter set to null is left out.</summary>
    public Dictionary<string, string> AuthorizeParameters(string scope = "openid", params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string>
        {
            ["client_id"] = ClientId,
            ["redirect_uri"] = RedirectUri,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["state"] = State,
            ["nonce"] = Nonce,
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            parameters.Remove(name);
            if (value is not null)
                parameters[name] = value;
        }

        return parameters;
    }

    public string AuthorizeUrl(string scope = "openid", params (string Name, string? Value)[] changes) =>
        "/connect/authorize?" + string.Join('&', AuthorizeParameters(scope, changes).Select(p => $"{p.Key}={Uri.EscapeDataString(p.Value)}"));

    /// <summary>Signs in through the pages and allows what is asked; rests at the client.</summary>
    public async Task<BrowserPage> SignInAsync(Browser browser, string scope = "openid", string username = "ada", params (string Name, string? Value)[] changes)
    {
        var page = await browser.OpenAsync(AuthorizeUrl(scope, changes));
        if (page.Heading.StartsWith("Sign in", StringComparison.Ordinal) || page.Heading.StartsWith("Confirm", StringComparison.Ordinal))
            page = await browser.SubmitAsync(page.Heading.StartsWith("Confirm", StringComparison.Ordinal) ? "Continue" : "Sign in", ("username", username), ("password", TestDocument.Password));
        if (page.Url.AbsolutePath == "/consent")
            page = await browser.SubmitAsync("Allow");
        return page;
    }

    public Task<Answer> RedeemAsync(string code, params (string Name, string? Value)[] changes) => TokenAsync(
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", RedirectUri), ("code_verifier", Verifier), .. changes]);

    public Task<Answer> RefreshAsync(string refreshToken, params (string Name, string? Value)[] changes) =>
        TokenAsync([("grant_type", "refresh_token"), ("refresh_token", refreshToken), .. changes]);

    public Task<Answer> TokenAsync(params (string Name, string? Value)[] parameters) => PostAsync("/connect/token", parameters);

    /// <summary>Signs in and redeems the code.</summary>
    public async Task<Answer> TokensAsync(Browser browser, string scope = "openid", string username = "ada", params (string Name, string? Value)[] changes)
    {
        var page = await SignInAsync(browser, scope, username, changes);
        return await RedeemAsync(page.Query("code"));
    }

    /// <summary>Posts as the client, authenticated as it is registered.</summary>
    public async Task<Answer> PostAsync(string path, params (string Name, string? Value)[] parameters)
    {
        var form = new Dictionary<string, string>();
        foreach (var (name, value) in parameters)
        {
            form.Remove(name);
            if (value is not null)
                form[name] = value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (clientId is "trusted" or "nopkce" or "referring")
            form.TryAdd("client_secret", TestDocument.Secret);
        if (clientId is "web" or "worker" or "pushed" || clientId.StartsWith("https:", StringComparison.Ordinal))
            request.Headers.Authorization = Basic(clientId, TestDocument.Secret);
        else
            form.TryAdd("client_id", clientId);
        request.Content = new FormUrlEncodedContent(form);
        return await SendAsync(request);
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return new Answer(response.StatusCode, body.StartsWith('{') ? JsonDocument.Parse(body).RootElement : default, response);
    }

    /// <summary>GET with a bearer token.</summary>
    public async Task<Answer> GetAsync(string path, string accessToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        return await SendAsync(request);
    }

    /// <summary>RFC 6749 section 2.3.1: both parts form-encoded.</summary>
    public static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")));

    /// <summary>The payload of a JWT, not verified.</summary>
    public static JsonElement Claims(string jwt) => Part(jwt, 1);

    public static JsonElement Header(string jwt) => Part(jwt, 0);

    private static JsonElement Part(string jwt, int index) => JsonDocument.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[index])).RootElement;
}
