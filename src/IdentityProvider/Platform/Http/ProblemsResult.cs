using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>400 with every rule that a document breaks (RFC 9457): <c>errors</c> has the sentences by the names of the fields.</summary>
internal sealed class ProblemsResult(IReadOnlyCollection<Problem> problems) : IResult
{
    public IReadOnlyCollection<Problem> Problems => problems;

    public Task ExecuteAsync(HttpContext httpContext) => ProblemDocument.WriteAsync(
        httpContext, StatusCodes.Status400BadRequest, "broken_rules", "The document breaks rules.",
        problems.GroupBy(problem => problem.Property).ToDictionary(group => group.Key, group => group.Select(problem => problem.Text).ToArray()));
}
