using IdentityProvider.Platform;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.ClientRegistration;

/// <summary>Discovery names the endpoint where it is open (RFC 8414 section 2).</summary>
internal sealed class RegistrationMetadata(IOptions<ClientRegistrationOptions> options, IOptions<IdentityProviderOptions> server) : IOpenIddictServerHandler<ApplyConfigurationResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyConfigurationResponseContext>()
            .UseSingletonHandler<RegistrationMetadata>()
            .SetOrder(int.MinValue + 100_001)
            .Build();

    public ValueTask HandleAsync(ApplyConfigurationResponseContext context)
    {
        if (context.Error is null && options.Value.Enabled)
            context.Response["registration_endpoint"] = new Uri(server.Value.IssuerUri, RegistrationEndpoint.Path.TrimStart('/')).AbsoluteUri;
        return default;
    }
}
