using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Platform.Http;

/// <summary>One request, the same for the same seed: a route of ours, or nearly one, with parameters that are right, nearly right or hostile.</summary>
internal sealed class RandomRequest(int seed, Uri server, IReadOnlyList<string> routes, IReadOnlyList<string> known)
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "POST", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"];

    private static readonly string[] Names =
    [
        "client_id", "client_secret", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "code_verifier",
        "prompt", "max_age", "login_hint", "id_token_hint", "acr_values", "ui_locales", "claims", "resource", "audience", "request", "request_uri", "grant_type", "code",
        "refresh_token", "device_code", "user_code", "token", "token_type_hint", "client_assertion", "client_assertion_type", "username", "password", "ticket", "handler",
        "post_logout_redirect_uri", "logout_hint", "display", "registration", "email", "name", "id", "key", "v", "__RequestVerificationToken",
    ];

    private static readonly string[] Fragments =
    [
        "", " ", "0", "-1", "99999999999999999999", "NaN", "1e309", "true", "null", "[]", "{}", "{\"userinfo\":{\"a\":{\"essential\":true}}}", "{\"id_token\":", "[[[[[[[[[[[[[[[[[[",
        "openid", "openid profile email", "code", "token id_token", "S256", "plain", "form_post", "none", "none login", "authorization_code", "client_credentials", "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "urn:ietf:params:oauth:request_uri:x", "password",
        "web", "spa", "worker", "device", TestDocument.Api, TestDocument.Callback, "http://127.0.0.1:1/callback", "javascript:alert(1)", "//evil.example", "https://evil.example/%0d%0aX: y",
        "' OR 1=1 --", "\"; DROP TABLE Users; --", "<script>alert(1)</script>", "{{7*7}}", "${jndi:ldap://x}", "../../../../etc/passwd", "..\\..\\", "%00", "%ff%fe", "\u0000", "\r\nSet-Cookie: a=b",
        "\u202e\u200b", "😀😀😀", "ﬁ", "İ", "\ud83d", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "a.b.c", "a.b.c.d.e", "AAAA-BBBB", "123-456-789",
    ];

    private static readonly string[] ContentTypes =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=x", "application/json", "text/plain",
        "application/jwt", "x", "image/png",
    ];

#pragma warning disable RS0030 // Nothing here is a secret: a seed repeats the run.
    private readonly Random random = new(seed);
#pragma warning restore RS0030

    public HttpRequestMessage Make()
    {
        var method = Pick(Methods);
        var request = new HttpRequestMessage(new HttpMethod(method), Url(Path() + (Chance(60) ? "?" + Pairs(8) : "")));
        if (method is not ("GET" or "HEAD" or "TRACE") && Chance(90))
            request.Content = Body();
        if (Chance(30))
            Header(request, "Authorization", Chance(50) ? Pick(["Bearer ", "Basic ", "DPoP ", "bearer", ""]) + Value() : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Value() + ":" + Value())));
        if (Chance(15))
            Header(request, "Origin", Pick(["null", "https://spa.test", "https://evil.example", Value()]));
        if (Chance(15))
            Header(request, "Accept-Language", Pick(["de", "x-y-z;q=9", "*", Value()]));
        if (Chance(10))
            Header(request, "Cookie", $"{Pick(["session", "csrf", "__Host-session", "culture"])}={Value()}");
        if (Chance(10))
            Header(request, Pick(["If-None-Match", "X-Forwarded-For", "X-HTTP-Method-Override", "Range", "Accept", "traceparent", "DPoP", "Sec-Fetch-Site", "Expect"]), Value());
        return request;
    }

    /// <summary>As written: dots and doubled slashes are for the server to judge.</summary>
    private Uri Url(string pathAndQuery) =>
        new(server.GetLeftPart(UriPartial.Authority) + pathAndQuery, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private string Path()
    {
        var path = string.Join('/', Pick(routes).Split('/').Select(part => part.StartsWith('{') ? Uri.EscapeDataString(Value()) : part));
        return random.Next(20) switch
        {
            0 => path + "/" + Uri.EscapeDataString(Value()),
            1 => path.ToUpperInvariant(),
            2 => path.Replace("/", "//", StringComparison.Ordinal).Replace("//", "/./", StringComparison.Ordinal),
            3 => path + "%2f..%2f..%00",
            _ => path,
        };
    }

    private HttpContent Body()
    {
        var type = Chance(70) ? ContentTypes[0] : Pick(ContentTypes);
        var text = Chance(85) ? Pairs(random.Next(100) == 0 ? 80 : 12) : Value();
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes(text));
        if (MediaTypeHeaderValue.TryParse(type, out var parsed))
            body.Headers.ContentType = parsed;
        else
            body.Headers.TryAddWithoutValidation("Content-Type", type);
        return body;
    }

    private string Pairs(int most) => string.Join('&', Enumerable.Range(0, random.Next(most + 1)).Select(_ =>
    {
        var name = Chance(95) ? Pick(Names) : Value();
        var value = Value();

        // Some keep what cannot be in a well-formed query.
        return Chance(95) ? $"{Uri.EscapeDataString(Whole(name))}={Uri.EscapeDataString(Whole(value))}" : $"{Uri.EscapeDataString(Whole(name))}=%{random.Next(256).ToString("x2", CultureInfo.InvariantCulture)}%zz+%u1234";
    }));

    private string Value() => random.Next(12) switch
    {
        0 => Pick(Fragments) + Pick(Fragments),
        1 => string.Concat(Enumerable.Repeat(Pick(Fragments), random.Next(1, 60))),
        2 => new string((char)random.Next(1, 0x3000), random.Next(1, 300)),
        3 => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(32, 127))),
        4 or 5 => Mutated(Pick(known)),
        6 => Pick(known),
        _ => Pick(Fragments),
    };

    /// <summary>One character of something real is another.</summary>
    private string Mutated(string real)
    {
        var at = random.Next(real.Length);
        return real[..at] + (char)random.Next(32, 127) + real[(at + 1)..];
    }

    private static void Header(HttpRequestMessage request, string name, string value) =>
        request.Headers.TryAddWithoutValidation(name, string.Concat(value.Where(c => c is >= ' ' and < '\u007f').Take(4000)));

    /// <summary>Half a surrogate pair cannot be escaped.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private bool Chance(int percent) => random.Next(100) < percent;

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
