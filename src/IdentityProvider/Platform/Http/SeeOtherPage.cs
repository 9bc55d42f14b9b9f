using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace IdentityProvider.Platform.Http;

/// <summary>303 from a page to one of our own pages.</summary>
internal sealed class SeeOtherPage(string url) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context)
    {
        context.HttpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.HttpContext.Response.Headers.Location = context.HttpContext.Request.PathBase + url;
        return Task.CompletedTask;
    }
}
