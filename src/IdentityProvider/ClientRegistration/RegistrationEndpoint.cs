using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ClientRegistration;

/// <summary>The client registration endpoint (RFC 7591 section 3) and the configuration endpoint of each client (RFC 7592 section 2).</summary>
internal static class RegistrationEndpoint
{
    public const string Path = "/connect/register", One = Path + "/{clientId}";

    private const int TokenLength = 43;
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>What an answer tells, of the metadata (RFC 7591 section 3.2.1).</summary>
    private static readonly string[] Told =
    [
        "client_id", "client_secret", "redirect_uris", "token_endpoint_auth_method", "grant_types", "response_types", "client_name", "client_uri", "logo_uri", "scope", "contacts", "tos_uri",
        "policy_uri", "jwks", "application_type", "post_logout_redirect_uris", "backchannel_logout_uri", "backchannel_logout_session_required", "id_token_signed_response_alg",
    ];

    public static async Task<IResult> RegisterAsync(HttpContext http, Registrations registrations, IOptions<ClientRegistrationOptions> options, CancellationToken ct)
    {
        if (await RefuseAsync(http, options.Value, ct) is { } refused)
            return refused;
        if (TokenOf(http) is not { } token)
            return NoToken(http);
        return await BodyAsync(http, ct) is { } json ? Answer(http, await registrations.RegisterAsync(token, json, ct), StatusCodes.Status201Created) : NoObject;
    }

    public static async Task<IResult> ReadAsync(string clientId, HttpContext http, Registrations registrations, IOptions<ClientRegistrationOptions> options, CancellationToken ct) =>
        await RefuseAsync(http, options.Value, ct) is { } refused ? refused
        : TokenOf(http) is { } token ? Answer(http, await registrations.ReadAsync(clientId, token, ct), StatusCodes.Status200OK) : NoToken(http);

    public static async Task<IResult> ChangeAsync(string clientId, HttpContext http, Registrations registrations, IOptions<ClientRegistrationOptions> options, CancellationToken ct)
    {
        if (await RefuseAsync(http, options.Value, ct) is { } refused)
            return refused;
        if (TokenOf(http) is not { } token)
            return NoToken(http);
        return await BodyAsync(http, ct) is { } json ? Answer(http, await registrations.ChangeAsync(clientId, token, json, ct), StatusCodes.Status200OK) : NoObject;
    }

    public static async Task<IResult> RemoveAsync(string clientId, HttpContext http, Registrations registrations, IOptions<ClientRegistrationOptions> options, CancellationToken ct) =>
        await RefuseAsync(http, options.Value, ct) is { } refused ? refused
        : TokenOf(http) is { } token && await registrations.RemoveAsync(clientId, token, ct) ? Results.NoContent() : NoToken(http);

    /// <summary>Nothing is here where it is off; and nobody tries tokens, or brings clients, without end.</summary>
    private static async Task<IResult?> RefuseAsync(HttpContext http, ClientRegistrationOptions options, CancellationToken ct)
    {
        if (!options.Enabled)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status404NotFound, "not_found", "There is nothing at this address."));
        var services = http.RequestServices;
        var limit = services.GetRequiredService<IOptions<RateLimitsOptions>>().Value.ClientRegistrationPerAddress;
        var lease = await services.GetRequiredService<RateLimiter>().TryAcquireAsync("client-registration", limit, ClientAddress.Of(http), ct);
        return lease.Acquired ? null : new TooManyResult(lease.RetryAfter);
    }

    private static string? TokenOf(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header] && header.StartsWith(BearerTokens.Prefix, StringComparison.OrdinalIgnoreCase) && header[BearerTokens.Prefix.Length..].Trim() is { Length: TokenLength } token ? token : null;

    private static async Task<JsonElement?> BodyAsync(HttpContext http, CancellationToken ct) =>
        await JsonBody.ReadAsync(http, ct) is { Refused: null, Json: var json } ? json : null;

    private static IResult Answer(HttpContext http, RegistrationResult result, int status)
    {
        if (result.Problems.Count > 0)
            return Refuse(result.Problems);
        if (result.Client is not { } client)
            return NoToken(http);
        var all = JsonSerializer.SerializeToNode(client, Names)!.AsObject();
        var answer = new JsonObject();
        foreach (var name in Told)
            if (all[name] is { } value)
                answer[name] = value.DeepClone();
        answer["client_id_issued_at"] = result.CreatedAt.ToUnixTimeSeconds();
        if (client.ClientSecret is not null)
            answer["client_secret_expires_at"] = 0;
        var server = http.RequestServices.GetRequiredService<IOptions<IdentityProviderOptions>>().Value;
        answer["registration_client_uri"] = new Uri(server.IssuerUri, $"{Path.TrimStart('/')}/{client.ClientId}").AbsoluteUri;
        if (result.Token is not null)
            answer["registration_access_token"] = result.Token;
        http.Response.Headers.CacheControl = "no-store";
        return Results.Text(answer.ToJsonString(), "application/json", statusCode: status);
    }

    /// <summary>RFC 7591 section 3.2.2: all that is wrong, under the code of the worst.</summary>
    private static ErrorResult Refuse(IReadOnlyList<Problem> problems) => new(new ErrorInfo(
        StatusCodes.Status400BadRequest,
        problems.Any(problem => problem.Property.StartsWith("redirect_uris", StringComparison.Ordinal)) ? "invalid_redirect_uri" : "invalid_client_metadata",
        string.Join(' ', problems.Take(10).Select(problem => $"{problem.Property} {problem.Text}"))));

    private static ErrorResult NoObject => new(new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_client_metadata", "Send a JSON object as application/json."));

    /// <summary>Of which token or client there is none, it says nothing (RFC 7592 section 2.1).</summary>
    private static ErrorResult NoToken(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return new ErrorResult(new ErrorInfo(StatusCodes.Status401Unauthorized, "invalid_token", "This needs a token for registration that is still good."));
    }
}
