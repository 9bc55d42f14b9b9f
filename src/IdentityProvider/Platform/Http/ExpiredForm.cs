using Microsoft.AspNetCore.Mvc.Core.Infrastructure;
using Microsoft.AspNetCore.Mvc.Filters;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// A form whose antiforgery token no longer fits was open too long, or the browser dropped its cookies: the page is shown
/// again instead of a blank 400. The post has no effect either way.
/// </summary>
internal sealed class ExpiredForm : IAlwaysRunResultFilter
{
    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (context.Result is IAntiforgeryValidationFailedResult)
            context.Result = new SeeOtherPage(context.HttpContext.Request.Path + context.HttpContext.Request.QueryString);
    }

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}
