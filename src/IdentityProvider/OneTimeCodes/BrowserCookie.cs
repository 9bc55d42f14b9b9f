using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.OneTimeCodes;

/// <summary>
/// Tells the browser that asked for a link or a challenge from every other one that answers: mail scanners, and the person somebody
/// wants to sign in as themselves. It names nobody and ends with the browser.
/// </summary>
internal sealed class BrowserCookie(IOptions<IdentityProviderOptions> server)
{
    private readonly HostCookie cookie = new("browser", server.Value);

    public string Name => cookie.Name;

    public string? Read(HttpContext http) => http.Items[typeof(BrowserCookie)] as string ?? cookie.ReadHandle(http);

    public string Ensure(HttpContext http)
    {
        if (Read(http) is { } known)
            return known;
        var handle = Handle.Create();
        http.Items[typeof(BrowserCookie)] = handle;
        cookie.Write(http, handle, null);
        return handle;
    }
}
