using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>400 with every rule that a document breaks (RFC 9457): <c>errors</c> has the sentences by the names of the fields.</summary>
internal sealed class ProblemsResult(IReadOnlyCollection<Problem> problems) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status400BadRequest;
        httpContext.Response.Headers.CacheControl = "no-store";
        return httpContext.Response.WriteAsJsonAsync(
            new Dictionary<string, object>
            {
                ["type"] = "about:blank",
                ["title"] = "The document breaks rules.",
                ["status"] = StatusCodes.Status400BadRequest,
                ["errors"] = problems.GroupBy(problem => problem.Property).ToDictionary(group => group.Key, group => group.Select(problem => problem.Text).ToArray()),
                ["error_id"] = ErrorInfo.IdOf(httpContext),
            },
            options: null,
            contentType: "application/problem+json");
    }
}
