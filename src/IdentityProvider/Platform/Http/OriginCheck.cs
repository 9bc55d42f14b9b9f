using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Second lock beside the antiforgery token: a form of ours is posted from our origin. Browsers that send neither Origin nor
/// Sec-Fetch-Site pass to the token check.
/// </summary>
internal sealed class OriginCheck(RequestDelegate next, IOptions<IdentityProviderOptions> options)
{
    private readonly string own = options.Value.IssuerUri.GetLeftPart(UriPartial.Authority);

    public Task InvokeAsync(HttpContext http)
    {
        var isForm = HttpMethods.IsPost(http.Request.Method) && !Routes.IsProtocol(http.Request.Path);
        return isForm && IsForeign(http.Request)
            ? ErrorResponses.WriteAsync(http, new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", "The form was sent from another site.")
            {
                Heading = "This form came from another site",
                Advice = "Go back to the application you were using and start again from there.",
            })
            : next(http);
    }

    private bool IsForeign(HttpRequest request)
    {
        // Referrer-Policy: no-referrer makes browsers send "Origin: null" on our own forms; Sec-Fetch-Site tells them apart.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
            return site is not ("same-origin" or "none");
        var origin = request.Headers.Origin.ToString();
        return origin is not ("" or "null") && !string.Equals(origin, own, StringComparison.OrdinalIgnoreCase);
    }
}
