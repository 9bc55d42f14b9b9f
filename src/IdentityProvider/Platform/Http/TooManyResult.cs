using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>429 with Retry-After (RFC 6585 section 4), through the one writer.</summary>
internal sealed class TooManyResult(TimeSpan retryAfter) : IResult
{
    public TimeSpan RetryAfter => retryAfter;

    public Task ExecuteAsync(HttpContext httpContext) => ErrorResponses.TooManyAsync(httpContext, retryAfter);
}
