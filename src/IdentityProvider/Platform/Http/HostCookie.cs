using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// A cookie of this host only: <c>__Host-</c> binds it to the host over https (RFC 6265bis). SameSite=Lax, because Strict would hide
/// it on the way back from a client or a provider.
/// </summary>
/// <param name="name">Without the prefix.</param>
/// <param name="server">Says whether the server is reached over https.</param>
internal sealed class HostCookie(string name, IdentityProviderOptions server)
{
    private readonly bool secure = server.IssuerUri.Scheme == Uri.UriSchemeHttps;

    public string Name => secure ? $"__Host-{name}" : name;

    public string? Read(HttpContext http) => http.Request.Cookies[Name];

    /// <summary>What can be a <see cref="Secrets.Handle"/>; anything else is no cookie of ours.</summary>
    public string? ReadHandle(HttpContext http) => Read(http) is { Length: 43 } handle ? handle : null;

    /// <param name="http">The request.</param>
    /// <param name="value">What it carries.</param>
    /// <param name="maxAge">Null: it ends with the browser.</param>
    public void Write(HttpContext http, string value, TimeSpan? maxAge) => http.Response.Cookies.Append(Name, value, Options(maxAge));

    public void Delete(HttpContext http) => http.Response.Cookies.Delete(Name, Options(null));

    private CookieOptions Options(TimeSpan? maxAge) => new() { HttpOnly = true, Secure = secure, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true, MaxAge = maxAge };
}
