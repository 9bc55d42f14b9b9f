using IdentityProvider.Clients;
using Microsoft.AspNetCore;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// PKCE (RFC 7636): a challenge is the 43 characters of a SHA-256, or refused. A client registered without the requirement
/// must send a nonce instead, or its code could be injected into another browser (RFC 9700 section 2.1.1).
/// </summary>
internal sealed class CodeProof<TContext>(ClientCache clients) : IOpenIddictServerHandler<TContext>
    where TContext : BaseValidatingContext
{
    public static OpenIddictServerHandlerDescriptor DescriptorAt(int order) =>
        OpenIddictServerHandlerDescriptor.CreateBuilder<TContext>().UseScopedHandler<CodeProof<TContext>>().SetOrder(order).Build();

    public async ValueTask HandleAsync(TContext context)
    {
        var request = context.Transaction.Request!;
        if (request.CodeChallenge is { Length: > 0 } challenge)
        {
            if (challenge.Length != 43 || !challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
                context.Reject(Errors.InvalidRequest, "The 'code_challenge' must be the base64url of a SHA-256: 43 characters.");
            return;
        }

        if (request.CodeChallengeMethod is { Length: > 0 })
        {
            context.Reject(Errors.InvalidRequest, "A 'code_challenge_method' without a 'code_challenge' proves nothing.");
            return;
        }

        var client = await clients.FindAsync(request.ClientId ?? "", context.Transaction.GetHttpRequest()!.HttpContext.RequestAborted);
        var required = client?.Requirements?.Contains(Requirements.Features.ProofKeyForCodeExchange, StringComparison.Ordinal) == true;
        if (!required && string.IsNullOrEmpty(request.Nonce))
            context.Reject(Errors.InvalidRequest, "This request has neither a 'code_challenge' (PKCE) nor a 'nonce'. Send one, better both.");
    }
}
