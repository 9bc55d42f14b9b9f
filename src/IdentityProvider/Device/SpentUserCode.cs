using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Device;

/// <summary>
/// A user code that was answered is only used up: a second press of the button or a reload is no theft. The engine would
/// revoke all that hangs on the same grant, the device code that waits for its poll included.
/// </summary>
internal sealed class SpentUserCode(Store db) : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<SpentUserCode>()
            .SetOrder(OpenIddictServerHandlers.Protection.ValidateTokenEntry.Descriptor.Order - 300)
            .Build();

    public ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal!.GetTokenType() == TokenTypeIdentifiers.Private.UserCode
            && Guid.TryParse(context.TokenId, out var id) && db.Set<Token>().Local.FindEntry(id)?.Entity is { Status: not Statuses.Valid })
            context.Reject(Errors.InvalidToken, "The user code has been used.");
        return default;
    }
}
