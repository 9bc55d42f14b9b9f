using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>An endpoint's refusal, through the one writer.</summary>
internal sealed class ErrorResult(ErrorInfo error) : IResult
{
    public ErrorInfo Error => error;

    public Task ExecuteAsync(HttpContext httpContext) => ErrorResponses.WriteAsync(httpContext, error);
}
