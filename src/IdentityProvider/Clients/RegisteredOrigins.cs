using System.Collections.Frozen;
using System.Text.Json;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Clients;

/// <summary>
/// CORS for browser applications: the origins of the redirect URIs of public clients, exactly, at the endpoints that such a
/// client calls, without credentials. Everybody else's script gets no answer it can read.
/// </summary>
internal sealed class RegisteredOrigins(IServiceScopeFactory scopes, TimeProvider clock) : ICorsPolicyProvider
{
    private static readonly HashSet<string> Paths = new(StringComparer.OrdinalIgnoreCase)
    {
        "/connect/token", "/connect/userinfo", "/connect/revoke", "/api/me", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/.well-known/jwks",
    };

    private volatile Snapshot? current;

    private sealed record Snapshot(FrozenSet<string> Origins, long LoadedAt);

    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length is 0 or > 500 || !Paths.Contains(context.Request.Path.Value ?? "") || !(await GetAsync(context.RequestAborted)).Contains(origin))
            return null;
        return new CorsPolicyBuilder().WithOrigins(origin).WithMethods(HttpMethods.Get, HttpMethods.Post)
            .WithHeaders("authorization", "content-type").WithExposedHeaders("www-authenticate", "retry-after").SetPreflightMaxAge(TimeSpan.FromMinutes(10)).Build();
    }

    private async ValueTask<FrozenSet<string>> GetAsync(CancellationToken ct)
    {
        if (current is { } snapshot && clock.GetElapsedTime(snapshot.LoadedAt) < ClientCache.Freshness)
            return snapshot.Origins;
        await using var scope = scopes.CreateAsyncScope();
        var uris = await scope.ServiceProvider.GetRequiredService<Store>().Set<Client>().AsNoTracking()
            .Where(c => c.ClientType == ClientTypes.Public && c.RedirectUris != null).Select(c => c.RedirectUris!).ToListAsync(ct);
        var origins = uris.SelectMany(json => JsonSerializer.Deserialize<string[]>(json)!)
            .Select(uri => new Uri(uri)).Where(uri => uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            .Select(uri => uri.GetLeftPart(UriPartial.Authority)).ToFrozenSet(StringComparer.Ordinal);
        current = new Snapshot(origins, clock.GetTimestamp());
        return origins;
    }
}
