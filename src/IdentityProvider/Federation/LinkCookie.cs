using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Federation;

/// <summary>Keeps a link that waits in the browser in which it was asked for.</summary>
internal sealed class LinkCookie(IOptions<IdentityProviderOptions> server)
{
    private readonly HostCookie cookie = new("link", server.Value);

    public string? HashOf(HttpContext http) => cookie.ReadHandle(http) is { } handle ? Handle.Hash(handle) : null;

    /// <returns>The hash of the new value.</returns>
    public string Write(HttpContext http)
    {
        var handle = Handle.Create();
        cookie.Write(http, handle, PendingLink.Lifetime);
        return Handle.Hash(handle);
    }

    public void Delete(HttpContext http) => cookie.Delete(http);
}
