using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.SigningKeys;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Net.Http.Headers;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>
/// The answer of introspection as a JWT, where the resource asks for one (RFC 9701): signed proof for its records of what we said. It has a
/// type and an audience of its own and neither <c>sub</c> nor <c>exp</c>, so that nobody takes it for an access token (section 8.1).
/// </summary>
internal sealed class SignedIntrospection(ClientCache clients, SigningKeyRing keys, IOptions<IdentityProviderOptions> root, TimeProvider clock)
    : IOpenIddictServerHandler<ApplyIntrospectionResponseContext>
{
    private const string Type = "token-introspection+jwt", MediaType = "application/" + Type;
    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyIntrospectionResponseContext>()
            .UseScopedHandler<SignedIntrospection>()
            .SetOrder(OpenIddictServerHandlers.Introspection.NormalizeErrorResponse.Descriptor.Order + 600)
            .Build();

    public async ValueTask HandleAsync(ApplyIntrospectionResponseContext context)
    {
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Accept);
        if (context.Response[ClaimNames.Active] is null || !IsAskedFor(http.Request) || await clients.FindAsync(context.Request?.ClientId ?? "", http.RequestAborted) is not { } resource)
            return;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentType = MediaType;
        context.HandleRequest();
        await http.Response.WriteAsync(Handler.CreateToken(new SecurityTokenDescriptor
        {
            TokenType = Type,
            SigningCredentials = keys.Current(resource.IntrospectionSignedResponseAlg),
            Issuer = root.Value.Issuer,
            Audience = resource.ClientId,
            IssuedAt = clock.GetUtcNow().UtcDateTime,
            Claims = new Dictionary<string, object> { ["token_introspection"] = JsonSerializer.SerializeToElement(context.Response) },
        }), http.RequestAborted);
    }

    /// <summary>Named, and liked at least as much as plain JSON (RFC 9110 section 12.5.1); a wildcard asks for nothing.</summary>
    private static bool IsAskedFor(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
            return false;
        double QualityOf(string type) => accepted.Where(a => a.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase)).Select(a => a.Quality ?? 1).DefaultIfEmpty(0).Max();
        return QualityOf(MediaType) is > 0 and var quality && quality >= QualityOf("application/json");
    }
}
