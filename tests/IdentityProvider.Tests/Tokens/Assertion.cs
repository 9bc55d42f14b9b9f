using System.Text.Json.Nodes;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Tokens;

/// <summary>A right client assertion (RFC 7523), to be got wrong by a test.</summary>
internal sealed class Assertion
{
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    public Assertion(TestKey key, string clientId, string audience, DateTimeOffset now)
    {
        Key = key;
        Header = new JsonObject { ["alg"] = key.Algorithm, ["kid"] = key.Kid, ["typ"] = "JWT" };
        Claims = new JsonObject
        {
            ["iss"] = clientId,
            ["sub"] = clientId,
            ["aud"] = audience,
            ["jti"] = Handle.Create(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.AddMinutes(2).ToUnixTimeSeconds(),
        };
    }

    public TestKey Key { get; }
    public JsonObject Header { get; }
    public JsonObject Claims { get; }

    public string Text => Key.Sign(Header, Claims);

    public Assertion WithHeader(string name, JsonNode? value) => Set(Header, name, value);

    public Assertion With(string name, JsonNode? value) => Set(Claims, name, value);

    public static Task<Answer> PostAsync(IdpHost host, string assertion, params (string Name, string Value)[] changes)
    {
        var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_assertion_type"] = Type, ["client_assertion"] = assertion };
        foreach (var (name, value) in changes)
            form[name] = value;
        return new RelyingParty(host).SendAsync(new HttpRequestMessage(HttpMethod.Post, "/connect/token") { Content = new FormUrlEncodedContent(form) });
    }

    private Assertion Set(JsonObject part, string name, JsonNode? value)
    {
        part.Remove(name);
        if (value is not null)
            part[name] = value;
        return this;
    }
}
