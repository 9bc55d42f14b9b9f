using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Clients;

/// <summary>
/// What a client's snippets are filled with. Never a secret, only the name of the environment variable it is in; and never the client's name, which the code
/// does not need.
/// </summary>
internal sealed record SnippetValues(string Issuer, ClientMetadata Client, string Api)
{
    private const int LoopbackPort = 7890;

    /// <summary>The API of the first of its scopes that has one.</summary>
    public static async Task<SnippetValues> OfAsync(Store db, string issuer, ClientMetadata client, CancellationToken ct)
    {
        var names = client.ScopeNames;
        var api = ClientKind.Of(client).IsApi
            ? client.ClientId
            : await db.Set<Scope>().Where(scope => names.Contains(scope.Name)).OrderBy(scope => scope.Name).Join(db.Set<Api>(), scope => scope.ApiId, row => (Guid?)row.Id, (_, row) => row.Identifier).FirstOrDefaultAsync(ct);
        return new SnippetValues(issuer, client, api ?? "https://api.example.com");
    }

    /// <summary>Whether a line that is marked so is there.</summary>
    public bool Has(string flag) => flag switch
    {
        "secret" => HasSecret,
        "nosecret" => !HasSecret,
        "public" => Client.IsPublic,
        "basic" => Client.TokenEndpointAuthMethod == "client_secret_basic",
        "post" => Client.TokenEndpointAuthMethod == "client_secret_post",
        "inbody" => Client.TokenEndpointAuthMethod is "client_secret_post" or "none",
        "http" => Issuer.StartsWith("http://", StringComparison.Ordinal),
        _ => throw new ArgumentOutOfRangeException(nameof(flag), flag, "No snippet may ask for it."),
    };

    /// <summary>The value of a place in the code, quoted and encoded.</summary>
    public string Of(string place, SnippetLanguage language) => place == "secret_name" ? SecretVariable : language.Literal(place switch
    {
        "issuer" => Issuer,
        "discovery" => Below(".well-known/openid-configuration"),
        "token_endpoint" => Below("connect/token"),
        "device_endpoint" => Below("connect/device"),
        "introspection_endpoint" => Below("connect/introspect"),
        "client_id" => Client.ClientId,
        "client_id_encoded" => Uri.EscapeDataString(Client.ClientId),
        "secret" => SecretVariable,
        "method" => Client.TokenEndpointAuthMethod,
        "scope" => Client.Scope,
        "redirect_uri" => RedirectUri,
        "redirect_path" => new Uri(RedirectUri).AbsolutePath is ['/', ..] path ? path : "/",
        "loopback_uri" => Loopback(new Uri(LoopbackUri)),
        "loopback_origin" => $"http://{new Uri(LoopbackUri).Host}:{LoopbackPort.ToString(CultureInfo.InvariantCulture)}/",
        "api" => Api,
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "No snippet may ask for it."),
    });

    /// <summary>The environment variable that the application reads its secret from.</summary>
    public string SecretVariable
    {
        get
        {
            var words = string.Concat(Client.ClientId.ToUpperInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).Split('_', StringSplitOptions.RemoveEmptyEntries);
            var name = string.Join('_', words is ["HTTPS" or "HTTP", .. var rest] ? rest : words);
            return name.Length is 0 or > 24 || char.IsAsciiDigit(name[0]) ? "CLIENT_SECRET" : $"{name}_SECRET";
        }
    }

    private bool HasSecret => Client.TokenEndpointAuthMethod is "client_secret_basic" or "client_secret_post";

    private string RedirectUri => Client.RedirectUris.FirstOrDefault() ?? "https://app.example.com/callback";

    private string LoopbackUri => Client.RedirectUris.FirstOrDefault(uri => uri.StartsWith("http://", StringComparison.Ordinal)) ?? "http://127.0.0.1/callback";

    /// <summary>With a port: without one registered, any is right.</summary>
    private static string Loopback(Uri uri) => $"http://{uri.Host}:{LoopbackPort.ToString(CultureInfo.InvariantCulture)}{uri.PathAndQuery}";

    private string Below(string path) => $"{Issuer.TrimEnd('/')}/{path}";
}
