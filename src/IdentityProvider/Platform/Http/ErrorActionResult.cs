using Microsoft.AspNetCore.Mvc;

namespace IdentityProvider.Platform.Http;

/// <summary>A page's refusal, through the one writer.</summary>
internal sealed class ErrorActionResult(ErrorInfo error) : IActionResult
{
    public Task ExecuteResultAsync(ActionContext context) => ErrorResponses.WriteAsync(context.HttpContext, error);
}
