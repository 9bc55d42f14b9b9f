using System.Diagnostics.Metrics;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Metrics;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace IdentityProvider.Tokens.Engine;

/// <summary>Counts what the engine makes, by kind: one answer brings several, and codes are made elsewhere.</summary>
internal sealed class CountedTokens(IMeterFactory meters) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public static readonly Metric Tokens = new(MetricKind.Counter, "identityprovider.tokens", "{token}", "Tokens and codes made.",
        new MetricAttribute("kind", "`access_token`, `id_token`, `refresh_token`, `authorization_code`, `device_code`, `user_code`, `request_token`"));

    private readonly Counter<long> made = meters.Counter(Tokens);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<GenerateTokenContext>()
            .UseSingletonHandler<CountedTokens>()
            .SetOrder(int.MaxValue - 100_000)
            .Build();

    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        // urn:ietf:params:oauth:token-type:access_token (RFC 8693 section 3), or of that form.
        made.Add(1, new KeyValuePair<string, object?>("kind", context.TokenType[(context.TokenType.LastIndexOf(':') + 1)..]));
        return default;
    }
}

/// <summary>Tells of a grant that was good for tokens, once they are stored.</summary>
internal sealed class IssuedTokens(EventLog events) : IOpenIddictServerHandler<ProcessSignInContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ProcessSignInContext>()
            .UseSingletonHandler<IssuedTokens>()
            .SetOrder(CommitIssue.Descriptor.Order + 500)
            .Build();

    public ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.EndpointType is OpenIddictServerEndpointType.Token)
            events.Raise(new TokensIssued(context.Request.ClientId, context.Principal?.GetClaim(ClaimNames.Subject), GrantTally.TypeOf(context.Request)));
        return default;
    }
}

internal static class GrantTally
{
    public static readonly Metric Grants = new(MetricKind.Counter, "identityprovider.grants", "{grant}", "Answers of the token endpoint, but for devices that nobody has answered yet.",
        new("grant_type", "`authorization_code`, `refresh_token`, `client_credentials`, `device_code`, `token-exchange`, `other`"), new("result", "`issued`, `refused`"), new("error.type", "the OAuth error of a refusal"));

    /// <summary>What a stranger writes there is not repeated.</summary>
    public static string TypeOf(OpenIddictRequest? request) => request?.GrantType switch
    {
        GrantTypes.AuthorizationCode or GrantTypes.RefreshToken or GrantTypes.ClientCredentials => request.GrantType,
        GrantTypes.DeviceCode or GrantTypes.TokenExchange => request.GrantType[(request.GrantType.LastIndexOf(':') + 1)..],
        _ => "other",
    };
}

internal sealed record TokensIssued(string? ClientId, string? Subject, string GrantType) : IEvent
{
    public string Name => "tokens.issued";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", ClientId), new("user", Subject), new("grant_type", GrantType)];
    public Tally? Tally => new(GrantTally.Grants, new("grant_type", GrantType), new("result", "issued"));

    /// <summary>The session and the code are: a record of each token would be most of the audit.</summary>
    public bool IsAudited => false;
}

/// <summary>A protocol endpoint said no.</summary>
/// <param name="Endpoint">Which.</param>
/// <param name="ClientId">As sent, proven or not.</param>
/// <param name="GrantType">At the token endpoint.</param>
/// <param name="Error">The code of the RFC.</param>
/// <param name="ErrorId">The id in the answer.</param>
internal sealed record RequestRefused(string Endpoint, string? ClientId, string? GrantType, string Error, string ErrorId) : IEvent
{
    public string Name => "tokens.request_refused";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("endpoint", Endpoint), new("client", ClientId), new("grant_type", GrantType), new("reason", Error), new("error_id", ErrorId)];
    public EventResult Result => EventResult.Refused;
    public Tally? Tally => GrantType is null ? null : new(GrantTally.Grants, new("grant_type", GrantType), new("result", "refused"), new("error.type", Error));

    /// <summary>Anybody can cause it without end, and nothing happened.</summary>
    public bool IsAudited => false;
}
