using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Sessions;

/// <summary>The cookie that carries the session's secret handle.</summary>
internal sealed class SessionCookie(IOptions<IdentityProviderOptions> server)
{
    private readonly HostCookie cookie = new("session", server.Value);

    public string Name => cookie.Name;

    public string? Read(HttpContext http) => cookie.ReadHandle(http);

    public void Write(HttpContext http, string handle, TimeSpan? maxAge) => cookie.Write(http, handle, maxAge);

    public void Delete(HttpContext http) => cookie.Delete(http);
}
