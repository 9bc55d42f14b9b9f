using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tests.Tokens;
using Xunit;

namespace IdentityProvider.Tests.Platform.Http;

/// <summary>What a request may contain, at every endpoint of the protocol: too much is 400, 413, 414 or 431, before any work.</summary>
public sealed class LimitingRequests(SharedServer server) : IClassFixture<SharedServer>
{
    private static readonly MediaTypeHeaderValue Form = new("application/x-www-form-urlencoded");
    private readonly IdpHost host = server.Host;

    public static TheoryData<string> Posts => ["/connect/authorize", "/connect/par", "/connect/token", "/connect/device", "/connect/introspect", "/connect/revoke", "/connect/userinfo", "/connect/endsession"];

    /// <summary>What each endpoint takes, for clients that prove nothing yet: a limit is met before any of it is looked at.</summary>
    public static TheoryData<string, string> Parameters
    {
        get
        {
            var data = new TheoryData<string, string>();
            void Add(string path, string names)
            {
                foreach (var name in names.Split(' '))
                    data.Add(path, name);
            }

            const string Request = "client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method prompt max_age login_hint id_token_hint acr_values ui_locales claims display request request_uri";
            Add("/connect/authorize", Request + " ticket");
            Add("/connect/par", Request + " client_secret client_assertion client_assertion_type");
            Add("/connect/token", "grant_type code redirect_uri code_verifier refresh_token scope device_code client_id client_secret client_assertion client_assertion_type username password");
            Add("/connect/device", "client_id client_secret scope");
            Add("/connect/introspect", "token token_type_hint client_id client_secret");
            Add("/connect/revoke", "token token_type_hint client_id client_secret");
            Add("/connect/userinfo", "access_token");
            Add("/connect/endsession", "id_token_hint post_logout_redirect_uri state client_id ui_locales logout_hint");
            return data;
        }
    }

    public static TheoryData<string, string, int> Lengths
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var (name, most) in new[] { ("scope", 2000), ("state", 2000), ("redirect_uri", 2000), ("nonce", 512), ("login_hint", 256), ("acr_values", 256), ("ui_locales", 256), ("claims", 4000), ("id_token_hint", 16 * 1024), ("client_id", 400), ("code_challenge", 43), ("prompt", 100), ("resource", 2000), ("anything", 2000) })
            {
                data.Add("/connect/authorize", name, most);
                data.Add("/connect/par", name, most);
            }

            foreach (var (name, most) in new[] { ("scope", 2000), ("code", 16 * 1024), ("refresh_token", 16 * 1024), ("device_code", 16 * 1024), ("client_assertion", 16 * 1024), ("client_secret", 400), ("code_verifier", 128), ("redirect_uri", 2000), ("grant_type", 200), ("username", 256), ("password", 256) })
                data.Add("/connect/token", name, most);
            data.Add("/connect/device", "scope", 2000);
            data.Add("/connect/introspect", "token", 16 * 1024);
            data.Add("/connect/revoke", "token", 16 * 1024);
            data.Add("/connect/endsession", "id_token_hint", 16 * 1024);
            data.Add("/connect/endsession", "state", 2000);
            data.Add("/connect/endsession", "post_logout_redirect_uri", 2000);
            return data;
        }
    }

    private Task<Answer> PostAsync(string path, params KeyValuePair<string, string>[] fields) =>
        new RelyingParty(host).SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) });

    /// <summary>The code of the RFC as JSON, or on the page a browser is shown.</summary>
    private static async Task RefusedAsync(Answer answer, string path, string sentence, HttpStatusCode status = HttpStatusCode.BadRequest)
    {
        Assert.Equal(status, answer.Status);
        Assert.Null(answer.Response.Headers.Location);
        Assert.Equal("no-store", answer.Response.Headers.CacheControl!.ToString());
        if (path is "/connect/authorize" or "/connect/endsession")
        {
            Assert.Contains(sentence, WebUtility.HtmlDecode(await answer.Response.Content.ReadAsStringAsync()), StringComparison.Ordinal);
            return;
        }

        Assert.Equal("invalid_request", answer.Error);
        Assert.Contains(sentence, answer["error_description"], StringComparison.Ordinal);
        Assert.NotEmpty(answer["error_id"]!);
    }

    [Theory, MemberData(nameof(Parameters))]
    public async Task A_parameter_sent_twice_is_refused(string path, string name)
    {
        var sentence = $"'{name}' was sent more than once";
        await RefusedAsync(await PostAsync(path, new(name, "a"), new(name, "a")), path, sentence);
        await RefusedAsync(await new RelyingParty(host).SendAsync(new HttpRequestMessage(HttpMethod.Get, $"{path}?{name}=a&{name}=b")), path, sentence);
    }

    [Theory, MemberData(nameof(Lengths))]
    public async Task A_value_that_is_too_long_is_refused_and_the_longest_is_not(string path, string name, int most)
    {
        await RefusedAsync(await PostAsync(path, new KeyValuePair<string, string>(name, new string('a', most + 1))), path, $"'{name}' must have");
        var allowed = await PostAsync(path, new KeyValuePair<string, string>(name, new string('a', most)));
        Assert.InRange((int)allowed.Status, 200, 499);
        Assert.DoesNotContain("must have", await allowed.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/connect/authorize")]
    [InlineData("/connect/par")]
    [InlineData("/connect/token")]
    [InlineData("/connect/device")]
    public async Task Fifty_scopes_can_be_named_and_no_more(string path)
    {
        static KeyValuePair<string, string> Scopes(int count) => new("scope", string.Join(' ', Enumerable.Repeat("s", count)));
        await RefusedAsync(await PostAsync(path, Scopes(51)), path, "more than 50");
        Assert.DoesNotContain("more than 50", await (await PostAsync(path, Scopes(50))).Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Posts))]
    public async Task A_body_has_64_kilobytes_and_64_fields(string path)
    {
        var text = "x=" + new string('a', 64 * 1024);
        var announced = await SendWholeAsync(path, text, isChunked: false);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, announced.Status);
        var streamed = await SendWholeAsync(path, text, isChunked: true);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, streamed.Status);
        if (path is not ("/connect/authorize" or "/connect/endsession"))
            Assert.Equal(("invalid_request", "invalid_request"), (announced.Error, streamed.Error));

        await RefusedAsync(await PostAsync(path, [.. Enumerable.Range(0, 65).Select(i => KeyValuePair.Create($"f{i}", "x"))]), path, "64 fields");
        var most = await PostAsync(path, [.. Enumerable.Range(0, 64).Select(i => KeyValuePair.Create($"f{i}", "x"))]);
        Assert.DoesNotContain("64 fields", await most.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<Answer> SendWholeAsync(string path, string text, bool isChunked) => Eventually.AnsweredAsync(async () =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(text, Form) };
        request.Headers.TransferEncodingChunked = isChunked;
        return await new RelyingParty(host).SendAsync(request);
    });

    [Theory, MemberData(nameof(Posts))]
    public async Task Headers_have_16_kilobytes_and_a_request_line_8(string path)
    {
        static string Lines(string path, string query, string headers) => $"GET {path}?{query} HTTP/1.1\r\nHost: {{0}}\r\n{headers}Connection: close\r\n\r\n";
        Assert.Equal(431, await StatusAsync(Lines(path, "", $"X-Large: {new string('a', 17 * 1024)}\r\n")));
        Assert.Equal(431, await StatusAsync(Lines(path, "", string.Concat(Enumerable.Range(0, 60).Select(i => $"X-{i}: a\r\n")))));
        Assert.Equal(414, await StatusAsync(Lines(path, "x=" + new string('a', 8 * 1024), "")));
    }

    [Theory, MemberData(nameof(Posts))]
    public async Task Another_kind_of_body_or_none_is_the_clients_fault(string path)
    {
        foreach (var content in new HttpContent?[]
        {
            null,
            new StringContent("{\"grant_type\":\"client_credentials\"}", new MediaTypeHeaderValue("application/json")),
            new StringContent("a=%", Form),
            new StringContent("&&&=&=a&%00=%00", Form),
            new ByteArrayContent([0xff, 0xfe, 0x00]) { Headers = { ContentType = Form } },
            new StringContent("not a form", MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x")),
        })
        {
            var answer = await new RelyingParty(host).SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content });
            Assert.InRange((int)answer.Status, path == "/connect/endsession" ? 200 : 400, 499);
        }
    }

    private async Task<int> StatusAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, host.Issuer.Port);
        await using var stream = socket.GetStream();
        try
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("{0}", host.Issuer.Authority, StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            // The server has answered and closed before all was sent.
        }

        using var reader = new StreamReader(stream, Encoding.ASCII);
        var line = await reader.ReadLineAsync();
        return int.Parse(line!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
