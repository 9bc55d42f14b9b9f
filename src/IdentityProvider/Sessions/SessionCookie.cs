using IdentityProvider.Platform;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>
/// The cookie that carries the session's secret handle. <c>__Host-</c> binds it to this host over https (RFC 6265bis);
/// SameSite=Lax, because Strict would hide it on the way back from a client.
/// </summary>
internal sealed class SessionCookie(IOptions<IdentityProviderOptions> options)
{
    private readonly bool secure = options.Value.IssuerUri.Scheme == Uri.UriSchemeHttps;

    public string Name => secure ? "__Host-session" : "session";

    public string? Read(HttpContext http) => http.Request.Cookies[Name] is { Length: 43 } handle ? handle : null;

    public void Write(HttpContext http, string handle, TimeSpan? maxAge) => http.Response.Cookies.Append(Name, handle, Options(maxAge));

    public void Delete(HttpContext http) => http.Response.Cookies.Delete(Name, Options(null));

    private CookieOptions Options(TimeSpan? maxAge) => new()
    {
        HttpOnly = true,
        Secure = secure,
        SameSite = SameSiteMode.Lax,
        Path = "/",
        IsEssential = true,
        MaxAge = maxAge,
    };
}
