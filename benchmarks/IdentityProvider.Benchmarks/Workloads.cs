using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace IdentityProvider.Benchmarks;

/// <summary>The work of an authorization server, as its clients send it.</summary>
internal sealed partial class Workloads(Server server) : IDisposable
{
    private const string Secret = "benchmark-secret-of-more-than-256-bits-0123456789", Password = "correct horse battery", Api = "https://api.bench", Callback = "https://client.bench/callback";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    public const string Document = $$"""
        {
          "clients": [
            { "client_id": "web", "client_secret": "{{Secret}}", "grant_types": ["authorization_code", "refresh_token"], "redirect_uris": ["{{Callback}}"],
              "scope": "openid profile email offline_access read urn:identityprovider:admin:users:read", "consent": "implicit" },
            { "client_id": "worker", "client_secret": "{{Secret}}", "grant_types": ["client_credentials"], "scope": "read" },
            { "client_id": "tv", "token_endpoint_auth_method": "none", "application_type": "native", "grant_types": ["urn:ietf:params:oauth:grant-type:device_code"], "scope": "openid" },
            { "client_id": "{{Api}}", "client_secret": "{{Secret}}", "grant_types": [] }
          ],
          "apis": [ { "identifier": "{{Api}}", "scopes": [ { "name": "read", "description": "Read" } ] } ],
          "roles": [ { "name": "viewer", "permissions": ["audit:read", "statistics:read", "users:read"] } ],
          "users": [ { "username": "ada", "email": "ada@bench.test", "name": "Ada", "password": "{{Password}}", "roles": ["viewer"] } ]
        }
        """;

    private static readonly SocketsHttpHandler Plain = new() { UseCookies = false, AllowAutoRedirect = false };
    private readonly HttpClient http = new(Plain, disposeHandler: false) { BaseAddress = server.Address };
    private readonly string[] refreshTokens = new string[16];
    private string session = "", accessToken = "", apiToken = "";

    public async Task<List<Workload>> PrepareAsync(Server empty)
    {
        await SignInEverywhereAsync();
        return
        [
            new("Empty endpoint of the framework", empty, 4000, async _ => await http.GetStringAsync(empty.Address)),
            new("JWKS", server, 4000, async _ => await http.GetStringAsync("/.well-known/jwks")),
            new("Client credentials", server, 2000, _ => ClientCredentialsAsync()),
            new("Authorize with a session, code, UserInfo", server, 500, _ => CodeAsync()),
            new("Refresh", server, 500, RefreshAsync),
            new("Introspection", server, 1500, _ => IntrospectAsync()),
            new("UserInfo", server, 1500, _ => UserInfoAsync()),
            new("Device code and one poll", server, 100, _ => DeviceAsync()),
            new("Password sign-in to code", server, 20, _ => SignInAsync()),
        ];
    }

    /// <summary>An access token for the lists of people.</summary>
    public async Task<string> ViewerTokenAsync()
    {
        session = await SignInAsync();
        return (await RedeemAsync(await AuthorizeAsync("openid urn:identityprovider:admin:users:read"))).GetProperty("access_token").GetString()!;
    }

    /// <summary>For the pages of the console, which want a second factor: the session says that one was given.</summary>
    public async Task<string> AdministratorCookieAsync(System.Data.Common.DbConnection connection)
    {
        var cookie = await SignInAsync();
        var (text, json) = server.Postgres is null ? ("\"Factors\"", "") : ("\"Factors\"::text", "::jsonb");
        await using var command = connection.CreateCommand();
        command.CommandText = $"UPDATE \"Sessions\" SET \"Factors\" = ('[' || substr({text}, 2, length({text}) - 2) || ',' || replace(substr({text}, 2, length({text}) - 2), 'pwd', 'otp') || ']'){json}";
        await command.ExecuteNonQueryAsync();
        return cookie;
    }

    private async Task SignInEverywhereAsync()
    {
        session = await SignInAsync();
        for (var i = 0; i < refreshTokens.Length; i++)
        {
            var tokens = await RedeemAsync(await AuthorizeAsync("openid profile email offline_access"));
            refreshTokens[i] = tokens.GetProperty("refresh_token").GetString()!;
            accessToken = tokens.GetProperty("access_token").GetString()!;
        }

        apiToken = await ClientCredentialsAsync();
    }

    private async Task<string> ClientCredentialsAsync() =>
        (await PostAsync("/connect/token", "worker", ("grant_type", "client_credentials"))).GetProperty("access_token").GetString()!;

    private async Task CodeAsync()
    {
        var tokens = await RedeemAsync(await AuthorizeAsync("openid profile email"));
        await UserInfoAsync(tokens.GetProperty("access_token").GetString());
    }

    private async Task<string> AuthorizeAsync(string scope)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AuthorizeUrl(scope));
        request.Headers.TryAddWithoutValidation("Cookie", session);
        using var response = await http.SendAsync(request);
        return CodeOf(response.Headers.Location!);
    }

    private Task<JsonElement> RedeemAsync(string code) =>
        PostAsync("/connect/token", "web", ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Callback), ("code_verifier", Verifier));

    private async Task RefreshAsync(int connection)
    {
        var tokens = await PostAsync("/connect/token", "web", ("grant_type", "refresh_token"), ("refresh_token", refreshTokens[connection]));
        refreshTokens[connection] = tokens.GetProperty("refresh_token").GetString()!;
    }

    private async Task IntrospectAsync()
    {
        var answer = await PostAsync("/connect/introspect", Api, ("token", apiToken));
        if (!answer.GetProperty("active").GetBoolean())
            throw new InvalidOperationException("The token is not active.");
    }

    private async Task UserInfoAsync(string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/connect/userinfo");
        request.Headers.Authorization = new("Bearer", token ?? accessToken);
        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    private async Task DeviceAsync()
    {
        var device = await PostAsync("/connect/device", "tv", ("scope", "openid"));
        var pending = await PostAsync("/connect/token", "tv", ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.GetProperty("device_code").GetString()!));
        if (pending.GetProperty("error").GetString() != "authorization_pending")
            throw new InvalidOperationException(pending.ToString());
    }

    /// <summary>Through the page, as a browser without script; gives the session's cookie.</summary>
    private async Task<string> SignInAsync()
    {
        using var first = await http.GetAsync(AuthorizeUrl("openid"));
        var login = first.Headers.Location!.ToString();
        using var page = await http.GetAsync(login);
        var token = AntiforgeryToken().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        var cookies = Cookies(page);
        using var post = new HttpRequestMessage(HttpMethod.Post, login)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = "ada", ["password"] = Password, ["__RequestVerificationToken"] = token }),
        };
        post.Headers.TryAddWithoutValidation("Cookie", cookies);
        using var answer = await http.SendAsync(post);
        var signedIn = Cookies(answer);
        using var resume = new HttpRequestMessage(HttpMethod.Get, answer.Headers.GetValues("Refresh").Single().Split("url=")[1]);
        resume.Headers.TryAddWithoutValidation("Cookie", signedIn);
        using var done = await http.SendAsync(resume);
        CodeOf(done.Headers.Location!);
        return signedIn;
    }

    private async Task<JsonElement> PostAsync(string path, string client, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        var form = fields.ToDictionary(f => f.Name, f => f.Value);
        if (client == "tv")
            form["client_id"] = client;
        else
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(client)}:{Secret}")));
        request.Content = new FormUrlEncodedContent(form);
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest && (client == "tv" || response.IsSuccessStatusCode)
            ? JsonDocument.Parse(body).RootElement
            : throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {body}");
    }

    public void Dispose() => http.Dispose();

    private static string AuthorizeUrl(string scope) =>
        $"/connect/authorize?client_id=web&redirect_uri={Uri.EscapeDataString(Callback)}&response_type=code&scope={Uri.EscapeDataString(scope)}&state={Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(8))}&nonce=n&code_challenge={Challenge}&code_challenge_method=S256";

    private static string CodeOf(Uri callback) => System.Web.HttpUtility.ParseQueryString(callback.Query)["code"] ?? throw new InvalidOperationException($"There is no code in {callback}.");

    private static string Cookies(HttpResponseMessage response) => string.Join("; ", response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Select(c => c.Split(';')[0]) : []);

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
