using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>303 to one of our own paths: the next request is a GET, and a posted credential is not sent on (RFC 9700 section 4.12).</summary>
internal sealed class SeeOther(string url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = httpContext.Request.PathBase + url;
        return Task.CompletedTask;
    }
}

/// <summary>The same to an address elsewhere that the operator vouches for.</summary>
internal sealed class SeeElsewhere(Uri url) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = url.AbsoluteUri;
        return Task.CompletedTask;
    }
}
