using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// Ends a POST that leads back to the client. Browsers apply the page's form-action to every redirect that follows a POST,
/// so a redirect here would be blocked on its way to the client's origin: a 200 with Refresh and a link is not.
/// </summary>
internal static class HandOver
{
    /// <summary>Shows "Signing you in" and goes on to <paramref name="url"/>, which is always one of our own paths.</summary>
    public static ViewResult To(PageModel page, string url)
    {
        if (!url.StartsWith('/') || url.StartsWith("//", StringComparison.Ordinal))
            throw new ArgumentException("A hand-over goes to a path of this server.", nameof(url));
        return Show(page, page.Request.PathBase + url);
    }

    /// <summary>The same to a provider elsewhere, whose address is the operator's word.</summary>
    public static ViewResult Away(PageModel page, Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || url.IsLoopback ? Show(page, url.AbsoluteUri) : throw new ArgumentException("A hand-over goes by https.", nameof(url));

    private static ViewResult Show(PageModel page, string url)
    {
        page.Response.Headers["Refresh"] = $"0;url={url}";
        return new ViewResult
        {
            ViewName = "/Platform/Http/HandOver.cshtml",
            ViewData = new ViewDataDictionary<string>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = url },
            StatusCode = StatusCodes.Status200OK,
        };
    }
}
