using System.Collections.Immutable;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// Checks scope and resource (RFC 8707) against what exists and what the client may ask for, at every endpoint that takes
/// them. The engine's own check knows resources from its options only and asks the database for scopes.
/// </summary>
internal sealed class RequestedAccess<TContext>(ScopeCatalog catalog, ClientCache clients) : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    public static OpenIddictServerHandlerDescriptor DescriptorAt(int order) =>
        OpenIddictServerHandlerDescriptor.CreateBuilder<TContext>().UseScopedHandler<RequestedAccess<TContext>>().SetOrder(order).Build();

    public async ValueTask HandleAsync(TContext context)
    {
        var request = context.Transaction.Request;
        if (request is null || request.IsAuthorizationCodeGrantType() || request.IsRefreshTokenGrantType() || request.IsDeviceCodeGrantType())
            return;
        var ct = context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted;
        if (await clients.FindAsync(request.ClientId ?? "", ct) is not { } client)
            return;

        var snapshot = await catalog.GetAsync(ct);
        var allowed = client.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (request.GetScopes().Length == 0 && !request.IsClientCredentialsGrantType() && !request.IsTokenExchangeGrantType())
        {
            context.Reject(Errors.InvalidScope, "Ask for at least one scope.");
            return;
        }

        foreach (var scope in request.GetScopes())
        {
            if (!snapshot.Scopes.ContainsKey(scope))
            {
                context.Reject(Errors.InvalidScope, NearestName.Of(scope, allowed) is { } meant ? $"A requested scope does not exist. Did you mean '{meant}'?" : "A requested scope does not exist.");
                return;
            }

            if (!allowed.Contains(scope, StringComparer.Ordinal))
            {
                context.Reject(Errors.InvalidScope, $"The client is not registered for the scope '{scope}'.");
                return;
            }
        }

        if (CheckResources(snapshot, allowed, request.GetResources()) is { } sentence)
            context.Reject(Errors.InvalidTarget, sentence);
    }

    private static string? CheckResources(ScopeCatalog.Snapshot snapshot, string[] allowed, ImmutableArray<string> resources)
    {
        if (resources.IsDefaultOrEmpty)
            return null;
        if (resources.Any(r => !snapshot.Apis.ContainsKey(r)))
            return "A requested resource is not registered.";
        var own = snapshot.Find(allowed).Select(s => s.Api).ToHashSet(StringComparer.Ordinal);
        return resources.All(own.Contains) ? null : "The client is not registered for any scope of a requested resource.";
    }
}

/// <summary>A refresh may ask for less than was granted; more is an invalid_scope (RFC 6749 section 5.2), where the engine says invalid_grant.</summary>
internal sealed class GrantedScope : IOpenIddictServerHandler<ValidateTokenRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenRequestContext>()
            .UseSingletonHandler<GrantedScope>()
            .SetOrder(OpenIddictServerHandlers.Exchange.ValidateGrantedScopes.Descriptor.Order - 500)
            .Build();

    public ValueTask HandleAsync(ValidateTokenRequestContext context)
    {
        var proofs = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        if (context.Request.IsRefreshTokenGrantType() && proofs?.RefreshTokenPrincipal is { } granted && context.Request.GetScopes().Except(granted.GetScopes()).Any())
            context.Reject(Errors.InvalidScope, "The scope exceeds what was granted.");
        return default;
    }
}
