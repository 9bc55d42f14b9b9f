using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Claims;

/// <summary>The one place where the principal of a person is made, so that no grant type forgets a claim.</summary>
internal sealed class PrincipalFactory(ScopeCatalog catalog, UserRoles userRoles, EventLog events)
{
    private const string Type = "OpenIddict";

    /// <summary>Claims that carry nothing of the person; they go into the ID token, and the first three into the access token too.</summary>
    private static readonly string[] BothTokens = [Destinations.AccessToken, Destinations.IdentityToken], IdTokenOnly = [Destinations.IdentityToken], AccessTokenOnly = [Destinations.AccessToken];

    /// <summary>A principal of a person for the engine.</summary>
    /// <param name="user">Who.</param>
    /// <param name="facts">What was proven.</param>
    /// <param name="scopes">What was granted.</param>
    /// <param name="answered">Of these, what the answer is for: a refresh may ask for less.</param>
    /// <param name="resources">The audience of the access token.</param>
    /// <param name="idTokenClaims">Single claims asked for in the ID token.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<ClaimsPrincipal> CreateAsync(User user, AuthenticationFacts facts, IReadOnlyCollection<string> scopes, IReadOnlyCollection<string> answered, IReadOnlyCollection<string> resources, IEnumerable<string> idTokenClaims, CancellationToken ct)
    {
        var snapshot = await catalog.GetAsync(ct);
        var names = snapshot.Find(answered).SelectMany(s => s.Claims).Concat(idTokenClaims).ToHashSet(StringComparer.Ordinal);
        var audience = AudienceClaims.Registered(snapshot, answered, resources);
        var roles = audience.AskForRoles || names.Contains("roles") ? await userRoles.HeldByAsync(user.Id, ct) : [];

        var identity = new ClaimsIdentity(Type, ClaimNames.Name, ClaimNames.Role);
        identity.AddClaim(Make(ClaimNames.Subject, UserClaims.SubjectOf(user), BothTokens));
        AddFacts(identity, facts);
        foreach (var (name, value) in UserClaims.Of(user, [.. roles.Select(role => role.Name)], names.Where(n => n != ClaimNames.Subject)))
            AddClaim(identity, name, value, IdTokenOnly);
        foreach (var (name, values) in audience.Of(user.Id, roles, events))
            AddClaim(identity, name, values, AccessTokenOnly);

        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(resources);
        return principal;
    }

    /// <summary>The minimum a code carries: who, what was proven, what was granted. The rest is read fresh when it is redeemed.</summary>
    public static ClaimsPrincipal CreateForCode(string subject, AuthenticationFacts facts, IEnumerable<string> scopes, IEnumerable<string> resources, IEnumerable<string> idTokenClaims)
    {
        var identity = new ClaimsIdentity(Type, ClaimNames.Name, ClaimNames.Role);
        identity.AddClaim(Make(ClaimNames.Subject, subject, BothTokens));
        AddFacts(identity, facts);
        foreach (var name in idTokenClaims)
            identity.AddClaim(new Claim(RequestedIdTokenClaim, name));
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(resources);
        return principal;
    }

    /// <summary>Who acts for the person (RFC 8693 section 4.1).</summary>
    public const string Act = "act";

    /// <summary>Travels in codes and refresh tokens only.</summary>
    public const string RequestedIdTokenClaim = "requested_claim";

    /// <summary>Reads the facts back from a code, device code or refresh token.</summary>
    public static AuthenticationFacts FactsOf(ClaimsPrincipal principal) => new(
        principal.GetClaim(ClaimNames.AuthenticationTime) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture)) : DateTimeOffset.UnixEpoch,
        principal.GetClaim(ClaimNames.AuthenticationContextReference)!,
        principal.GetClaims(ClaimNames.AuthenticationMethodReference),
        principal.GetClaim("sid")!,
        principal.GetClaim(Act) is { } act ? JsonElement.Parse(act).GetProperty(ClaimNames.Subject).GetString() : null);

    private static void AddFacts(ClaimsIdentity identity, AuthenticationFacts facts)
    {
        if (facts.Actor is { } actor)
            identity.AddClaim(Make(Act, JsonSerializer.Serialize(new Dictionary<string, string> { [ClaimNames.Subject] = actor }), BothTokens, "JSON"));
        else
            identity.AddClaim(Make(ClaimNames.AuthenticationTime, facts.AuthenticatedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), BothTokens, ClaimValueTypes.Integer64));
        identity.AddClaim(Make(ClaimNames.AuthenticationContextReference, facts.Acr, BothTokens));
        identity.AddClaim(Make("sid", facts.SessionId, BothTokens));
        foreach (var method in facts.Amr)
            identity.AddClaim(Make(ClaimNames.AuthenticationMethodReference, method, IdTokenOnly));
    }

    private static void AddClaim(ClaimsIdentity identity, string name, object value, string[] destinations)
    {
        switch (value)
        {
            case IEnumerable<string> many:
                identity.AddClaim(Make(name, JsonSerializer.Serialize(many), destinations, "JSON_ARRAY"));
                break;
            case bool flag:
                identity.AddClaim(Make(name, flag ? "true" : "false", destinations, ClaimValueTypes.Boolean));
                break;
            case long number:
                identity.AddClaim(Make(name, number.ToString(CultureInfo.InvariantCulture), destinations, ClaimValueTypes.Integer64));
                break;
            case JsonElement json:
                identity.AddClaim(Make(name, json.GetRawText(), destinations, "JSON"));
                break;
            default:
                identity.AddClaim(Make(name, (string)value, destinations));
                break;
        }
    }

    private static Claim Make(string name, string value, string[] destinations, string type = ClaimValueTypes.String)
    {
        var claim = new Claim(name, value, type);
        claim.SetDestinations(destinations);
        return claim;
    }
}
