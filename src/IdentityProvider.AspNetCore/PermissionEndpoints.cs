using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IdentityProvider.AspNetCore;

/// <summary>The door: the services, and what endpoints and groups of endpoints may want.</summary>
public static class PermissionEndpoints
{
    /// <summary>
    /// Adds authorization by permissions and scopes, and the answers: a 403 says in <c>WWW-Authenticate</c> what is missing (RFC 6750
    /// section 3.1), a 401 always has one. Which tokens are valid is the authentication scheme's business.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    public static IServiceCollection AddPermissionAuthorization(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddAuthorization();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, PermissionHandler>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, ScopeHandler>());
        return services.Replace(ServiceDescriptor.Singleton<IAuthorizationMiddlewareResultHandler, BearerAnswers>());
    }

    /// <summary>As <see cref="RequirePermissionAttribute"/>.</summary>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="endpoints">The endpoint or group.</param>
    /// <param name="permission"><c>resource:action</c>, optionally with <c>:own</c> or <c>:all</c>.</param>
    public static TBuilder RequirePermission<TBuilder>(this TBuilder endpoints, string permission)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new RequirePermissionAttribute(permission));

    /// <summary>As <see cref="RequireScopeAttribute"/>.</summary>
    /// <typeparam name="TBuilder">An endpoint or a group.</typeparam>
    /// <param name="endpoints">The endpoint or group.</param>
    /// <param name="scope">One scope.</param>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoints, string scope)
        where TBuilder : IEndpointConventionBuilder => endpoints.WithMetadata(new RequireScopeAttribute(scope));
}
