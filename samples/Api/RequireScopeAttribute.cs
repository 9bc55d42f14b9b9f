using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Net.Http.Headers;

namespace Samples.Api;

/// <summary>The route wants this scope in the access token (space separated in the <c>scope</c> claim, RFC 9068 section 2.2.3).</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RequireScopeAttribute(string scope) : AuthorizeAttribute, IAuthorizationRequirement, IAuthorizationRequirementData
{
    public string Scope { get; } = scope;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [this];
}

internal sealed class ScopeHandler : AuthorizationHandler<RequireScopeAttribute>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RequireScopeAttribute requirement)
    {
        var granted = context.User.FindAll("scope").SelectMany(claim => claim.Value.Split(' '));
        if (granted.Contains(requirement.Scope, StringComparer.Ordinal))
            context.Succeed(requirement);
        return Task.CompletedTask;
    }

    /// <summary>The 403 names the scope, so that the client knows what to ask for (RFC 6750 section 3.1).</summary>
    public static Task SayWhichScopeIsMissing(ForbiddenContext context)
    {
        var scope = context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<RequireScopeAttribute>()?.Scope;
        if (scope is not null)
            context.Response.Headers[HeaderNames.WWWAuthenticate] = $"Bearer error=\"insufficient_scope\", scope=\"{scope}\"";
        return Task.CompletedTask;
    }
}
