using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>
/// The way by which somebody last signed in with this browser, which the sign-in page marks. The cookie says the way and nothing of the
/// person, so it may outlive them: password, passkey, mail, or a provider by its name.
/// </summary>
internal sealed class LastWay(IOptions<IdentityProviderOptions> server)
{
    public const string Password = "password", Passkey = "passkey", Mail = "mail";

    private const int MaxLength = 60;
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);
    private readonly HostCookie cookie = new("way", server.Value);

    public static string Provider(string name) => $"provider.{name}";

    /// <summary>How a session began; null where the first proof is none that the sign-in page offers.</summary>
    public static string? Of(Session session) => session.Factors.FirstOrDefault() switch
    {
        { Provider: { } name } => Provider(name),
        { Method: "pwd" } => Password,
        { Method: "hwk" or "swk" } => Passkey,
        { Method: "mca" } => Mail,
        _ => null,
    };

    public string? Read(HttpContext http) => cookie.Read(http) is { Length: > 0 and <= MaxLength } way ? way : null;

    public void Write(HttpContext http, Session session)
    {
        if (Of(session) is { } way)
            cookie.Write(http, way, Lifetime);
    }
}
