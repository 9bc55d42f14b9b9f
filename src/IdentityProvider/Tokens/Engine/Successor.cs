using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// What a refresh token that was used a moment ago has become: the one token of its family that is alive. It may be some steps on,
/// when its owner was quick; all of them lie within the grace of the first.
/// </summary>
internal sealed class Successor(Store db, Succession succession, IOptions<TokensOptions> options)
{
    public const string Property = "successor";
    private const int MostSteps = 16;

    /// <summary>Null where there is none: no grace, or the family has ended.</summary>
    public async Task<string?> FindAsync(string refreshToken, CancellationToken ct)
    {
        var reference = refreshToken;
        for (var step = 0; step < MostSteps && options.Value.RefreshTokenGrace > TimeSpan.Zero; step++)
        {
            reference = succession.Next(reference);
            var stored = Succession.Stored(reference);
            switch (await db.Set<Token>().Where(t => t.ReferenceId == stored).Select(t => t.Status).FirstOrDefaultAsync(ct))
            {
                case Statuses.Valid:
                    return reference;
                case Statuses.Redeemed:
                    continue;
                default:
                    return null;
            }
        }

        return null;
    }
}

/// <summary>Whoever comes second gets an access token of its own, and the refresh token that is there already.</summary>
internal sealed class SameSuccessor : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseSingletonHandler<SameSuccessor>()
            .SetOrder(OpenIddictServerHandlers.EvaluateGeneratedTokens.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.Transaction.GetProperty<string>(Successor.Property) is { } tip)
            (context.GenerateRefreshToken, context.IncludeRefreshToken, context.RefreshToken) = (false, true, tip);
        return default;
    }
}

/// <summary>The refresh token is named by <see cref="Succession"/>, not by chance.</summary>
internal sealed class NamedSuccessor(Succession succession) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
            .UseScopedHandler<NamedSuccessor>()
            .SetOrder(OpenIddictServerHandlers.Protection.AttachTokenPayload.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType == TokenTypeIdentifiers.RefreshToken && succession.Reference is { } reference)
            context.Token = reference;
        return default;
    }
}

/// <summary>
/// A refresh token stands for all that was granted, whatever less its first or last access token was asked for (RFC 6749
/// section 6, RFC 8707 section 2.2): scope and resource shrink for one answer, and never grow.
/// </summary>
internal sealed class WholeGrant : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseSingletonHandler<WholeGrant>()
            .SetOrder(OpenIddictServerHandlers.PrepareRefreshTokenPrincipal.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.EndpointType != OpenIddictServerEndpointType.Token || context.RefreshTokenPrincipal is not { } principal)
            return default;
        var proofs = context.Transaction.GetProperty<ProcessAuthenticationContext>(typeof(ProcessAuthenticationContext).FullName!);
        if ((proofs?.RefreshTokenPrincipal ?? proofs?.AuthorizationCodePrincipal ?? proofs?.DeviceCodePrincipal) is { } granted)
            principal.SetScopes(granted.GetScopes()).SetResources(granted.GetResources());
        return default;
    }
}
