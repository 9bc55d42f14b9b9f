using IdentityProvider.Authorize;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Consents;

/// <summary>
/// Owns what people allowed clients to do: the question, the page and the memory of the answer.
/// What a scope means belongs to Clients, what comes of a grant to Tokens.
/// </summary>
internal static class ConsentsModule
{
    public static IServiceCollection AddConsents(this IServiceCollection services) => services.AddScoped<IAuthorizeStep, ConsentStep>();
}
