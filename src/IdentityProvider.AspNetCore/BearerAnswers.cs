using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace IdentityProvider.AspNetCore;

/// <summary>Completes what the authentication scheme answers: nobody is refused without a word on what is missing.</summary>
internal sealed class BearerAnswers : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler scheme = new();

    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        await scheme.HandleAsync(next, context, policy, authorizeResult);
        if (authorizeResult.Succeeded || context.Response.HasStarted)
            return;
        var headers = context.Response.Headers;
        if (context.Response.StatusCode == StatusCodes.Status401Unauthorized && headers.WWWAuthenticate.Count == 0)
            headers.WWWAuthenticate = "Bearer";
        else if (context.Response.StatusCode == StatusCodes.Status403Forbidden)
            InsufficientScope.Say(headers, [.. authorizeResult.AuthorizationFailure?.FailedRequirements ?? []]);
    }
}

/// <summary>403 that says what is missing (RFC 6750 section 3.1).</summary>
internal sealed class InsufficientScope(IAuthorizationRequirement missing) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status403Forbidden;
        Say(httpContext.Response.Headers, [missing]);
        return Task.CompletedTask;
    }

    /// <summary>Scopes and permissions have no character that would need escaping: their requirements see to it.</summary>
    public static void Say(IHeaderDictionary headers, IReadOnlyCollection<IAuthorizationRequirement> missing)
    {
        string[] scopes = [.. missing.OfType<ScopeRequirement>().Select(requirement => requirement.Scope)], permissions = [.. missing.OfType<PermissionRequirement>().Select(requirement => requirement.Permission)];
        if (scopes.Length + permissions.Length == 0)
            return;
        var words = "Bearer error=\"insufficient_scope\"";
        if (permissions.Length > 0)
            words += $", error_description=\"This needs the permission {string.Join(' ', permissions)}.\"";
        if (scopes.Length > 0)
            words += $", scope=\"{string.Join(' ', scopes)}\"";
        headers[HeaderNames.WWWAuthenticate] = words;
    }
}
