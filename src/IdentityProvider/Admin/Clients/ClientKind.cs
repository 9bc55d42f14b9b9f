using IdentityProvider.Clients;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Admin.Clients;

/// <summary>What an application is: which settings are safe for it, so that nobody has to know them.</summary>
/// <param name="Name">As addresses say it.</param>
/// <param name="Title">As people read it.</param>
/// <param name="Hint">Which applications are of this kind.</param>
internal sealed record ClientKind(string Name, string Title, string Hint)
{
    private static readonly string[] Person = ["openid", "profile", "email"], Lasting = [.. Person, StandardScopes.OfflineAccess];

    public string TokenEndpointAuthMethod { get; private init; } = "none";
    public string ApplicationType { get; private init; } = ApplicationTypes.Web;
    public IReadOnlyList<string> Grants { get; private init; } = [];

    /// <summary>The scopes that are ticked at first.</summary>
    public IReadOnlyList<string> Scopes { get; private init; } = [];

    /// <summary>An example of a redirect URI.</summary>
    public string RedirectHint { get; private init; } = "";

    /// <summary>Where libraries for it come back to after a sign-out, on the site of the redirect URI.</summary>
    private IReadOnlyList<string> SignOutPaths { get; init; } = [];

    /// <summary>Comes back to a redirect URI.</summary>
    public bool HasRedirects => Grants.Contains(GrantTypes.AuthorizationCode);

    /// <summary>Somebody signs in to it, so it asks for scopes about them.</summary>
    public bool HasPeople => HasRedirects || Grants.Contains(GrantTypes.DeviceCode);

    /// <summary>It only asks about tokens, as the API it is: its id is the API's identifier.</summary>
    public bool IsApi => Grants.Count == 0;

    public static readonly ClientKind Web = new("web", "Web server", "Pages made on a server that keeps a secret: ASP.NET Core, Next.js, Spring, Django, PHP.")
    {
        TokenEndpointAuthMethod = "client_secret_post",
        Grants = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken],
        Scopes = Lasting,
        RedirectHint = "Where the sign-in comes back to, like https://shop.example.com/signin-oidc. One a line.",

        // The second is what ASP.NET Core's handler says unless told otherwise.
        SignOutPaths = ["/", "/signout-callback-oidc"],
    };

    public static readonly ClientKind Backend = Web with { Name = "backend", Title = "Single-page app with a backend", Hint = "The backend signs people in and keeps the tokens; the browser has a cookie and nothing else." };

    public static readonly ClientKind Browser = new("browser", "Single-page app in the browser", "React, Angular or Vue without a backend. Its tokens are in reach of every script on the page: give it a backend where you can.")
    {
        Grants = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken],
        Scopes = Person,
        SignOutPaths = ["/"],
        RedirectHint = "Where the sign-in comes back to, like https://app.example.com/callback. One a line.",
    };

    public static readonly ClientKind Native = new("native", "Desktop, mobile or command line", "It runs on the device of whoever uses it, and can keep no secret: .NET MAUI, WPF, iOS, Android, a terminal.")
    {
        ApplicationType = ApplicationTypes.Native,
        Grants = [GrantTypes.AuthorizationCode, GrantTypes.RefreshToken],
        Scopes = Lasting,
        RedirectHint = "http://127.0.0.1/callback for any port of the device itself, or a scheme of yours like com.example.app:/callback. One a line.",
    };

    public static readonly ClientKind Device = new("device", "TV or device", "Nothing to type on: it shows a code, and people sign in on their phone.")
    {
        ApplicationType = ApplicationTypes.Native,
        Grants = [GrantTypes.DeviceCode, GrantTypes.RefreshToken],
        Scopes = Lasting,
    };

    public static readonly ClientKind Machine = new("machine", "Machine to machine", "A job, a daemon or a server that acts for itself; nobody signs in.")
    {
        TokenEndpointAuthMethod = "client_secret_basic",
        Grants = [GrantTypes.ClientCredentials],
    };

    public static readonly ClientKind Api = new("api", "API that asks about tokens", "It takes access tokens of others, and asks here what they are worth (introspection).") { TokenEndpointAuthMethod = "client_secret_basic" };

    public static readonly IReadOnlyList<ClientKind> All = [Web, Backend, Browser, Native, Device, Machine, Api];

    public static ClientKind? Find(string? name) => All.FirstOrDefault(kind => kind.Name == name);

    /// <summary>What a client is, as far as its settings tell: they say nothing of where its pages are made.</summary>
    public static ClientKind Of(ClientMetadata client) => client switch
    {
        _ when client.GrantTypes.Count == 0 => Api,
        _ when !client.GrantTypes.Contains(GrantTypes.AuthorizationCode) => client.GrantTypes.Contains(GrantTypes.DeviceCode) ? Device : Machine,
        { ApplicationType: ApplicationTypes.Native } => Native,
        { IsPublic: true } => Browser,
        _ => Web,
    };

    /// <summary>
    /// A site that signs people in signs them out, too, and wants them back; nobody thinks of that address until it is refused. On the sites of the
    /// redirect URIs only; what is wrong with one of those is said of it.
    /// </summary>
    public IEnumerable<string> SignOutUris(IEnumerable<string> redirectUris) => redirectUris.Where(uri => WebUris.Problem(uri) is null)
        .Select(uri => new Uri(uri).GetLeftPart(UriPartial.Authority)).Distinct(StringComparer.Ordinal).SelectMany(site => SignOutPaths.Select(path => site + path));

    /// <summary>A client of this kind before anything is said of it.</summary>
    public ClientMetadata Start() => new() { TokenEndpointAuthMethod = TokenEndpointAuthMethod, ApplicationType = ApplicationType, GrantTypes = [.. Grants] };
}
