using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Tokens.Grants;

/// <summary>
/// Token exchange (RFC 8693) of a person's access token: an API that was called goes on to another one in the person's name, and the token says who
/// does so (<c>act</c>). It carries no more than the one it came of, lives no longer, and dies with the same grant and session.
/// </summary>
internal sealed class Delegation(Store db, ClientCache clients, ScopeCatalog catalog, UserRoles roles, TimeProvider clock, EventLog events)
{
    /// <summary>What is exchanged goes on at once; it need not live long.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Whoever acts for somebody who acts for somebody: so many and no more.</summary>
    public const int MostActors = 4;

    private const string Act = PrincipalFactory.Act, MayAct = "may_act";

    /// <summary>The facts of the sign-in, which stay true whoever acts.</summary>
    private static readonly string[] Kept = [ClaimNames.Subject, GrantAnswers.GrantId, ClaimNames.AuthenticationTime, ClaimNames.AuthenticationContextReference, "sid"];

    public async Task<IResult> HandleAsync(OpenIddictRequest request, ClaimsPrincipal subject, ClaimsPrincipal? actor, CancellationToken ct)
    {
        var client = (await clients.FindAsync(request.ClientId!, ct))!;
        if (client.TokenExchangeAudiences.Count == 0)
            return GrantAnswers.Refuse(Errors.UnauthorizedClient, "The client is not registered to exchange access tokens.");
        if (subject.GetClaim(GrantAnswers.GrantId) is null || subject.GetClaim("sid") is null || !Guid.TryParse(subject.GetClaim(ClaimNames.Subject), out var userId))
            return GrantAnswers.Refuse(Errors.InvalidRequest, "The subject_token must be an access token of somebody who signed in.");

        // Whoever merely got hold of a token that was meant for others gets nothing for it.
        if (!IsFor(subject, client))
            return GrantAnswers.Refuse(Errors.InvalidRequest, "The subject_token was neither given to the client nor is it for it.");
        if (actor is not null && (BearerTokens.IsApiKey(actor) || !IsFor(actor, client)))
            return GrantAnswers.Refuse(Errors.InvalidRequest, "The actor_token must be an access token that was given to the client or is for it.");
        var acting = actor?.GetClaim(ClaimNames.Subject) ?? client.ClientId!;
        if (!MayActFor(subject, acting))
            return GrantAnswers.Refuse(Errors.InvalidRequest, "The subject_token says who may act for its person, and it is somebody else.");
        if (Chain(acting, subject.GetClaim(Act)) is not { } chain)
            return GrantAnswers.Refuse(Errors.InvalidRequest, string.Create(CultureInfo.InvariantCulture, $"At most {MostActors} act one for the other."));

        var snapshot = await catalog.GetAsync(ct);
        string[] audiences = [.. request.GetResources().Concat(request.GetAudiences()).Distinct(StringComparer.Ordinal)];
        if (audiences.Length == 0 && client.TokenExchangeAudiences.Count == 1)
            audiences = [.. client.TokenExchangeAudiences];
        if (audiences.Length == 0 || audiences.Any(audience => !client.TokenExchangeAudiences.Contains(audience) || !snapshot.Apis.ContainsKey(audience)))
            return GrantAnswers.Refuse(Errors.InvalidTarget, audiences.Length == 0 ? "Name the audience." : "The client is not registered to exchange access tokens for this audience.");
        var asked = request.GetScopes();
        if (asked.Any(scope => !subject.HasScope(scope)))
            return GrantAnswers.Refuse(Errors.InvalidScope, "The subject_token does not have a requested scope.");
        IEnumerable<string> names = asked.Length > 0 ? asked : client.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(subject.HasScope);
        string[] scopes = [.. snapshot.Find(names).Where(scope => scope.Name == StandardScopes.Roles || (scope.Api is { } api && audiences.Contains(api))).Select(scope => scope.Name)];
        if (scopes.All(scope => scope == StandardScopes.Roles))
            return GrantAnswers.Refuse(Errors.InvalidScope, "The subject_token and the client have no scope of the audience in common.");
        if (!await db.Set<User>().AnyAsync(user => user.Id == userId && user.DisabledAt == null, ct))
            return TokenEndpoint.Gone;

        var identity = new ClaimsIdentity(GrantAnswers.Scheme, ClaimNames.Name, ClaimNames.Role);
        foreach (var claim in Kept.Select(subject.FindFirst).OfType<Claim>())
            identity.AddClaim(new Claim(claim.Type, claim.Value, claim.ValueType).SetDestinations(Destinations.AccessToken));
        identity.AddClaim(new Claim(Act, chain.ToJsonString(), "JSON").SetDestinations(Destinations.AccessToken));
        var audience = AudienceClaims.Registered(snapshot, scopes, audiences);
        foreach (var (name, values) in audience.Of(userId, audience.AskForRoles ? await roles.HeldByAsync(userId, ct) : [], events))
            identity.AddClaim(new Claim(name, JsonSerializer.Serialize(values), "JSON_ARRAY").SetDestinations(Destinations.AccessToken));
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes(scopes);
        principal.SetResources(audiences);
        principal.SetAccessTokenLifetime(Left(subject, actor));

        // Before there is a token: who acts for whom must not be lost.
        await events.RecordAsync(db, () => Task.FromResult<IEvent?>(new TokenDelegated(userId, client.ClientId!, acting, string.Join(' ', audiences))), ct);
        return Results.SignIn(principal, authenticationScheme: GrantAnswers.Scheme);
    }

    private static bool IsFor(ClaimsPrincipal token, Client client) =>
        token.GetClaim(ClaimNames.ClientId) == client.ClientId || token.GetAudiences().Contains(client.ClientId!) || token.GetResources().Contains(client.ClientId!);

    /// <summary>RFC 8693 section 4.4; whoever says nothing leaves it to the registration of clients.</summary>
    private static bool MayActFor(ClaimsPrincipal subject, string acting) =>
        subject.GetClaim(MayAct) is not { } text || (Read(text)?["sub"] is JsonValue value && value.TryGetValue<string>(out var named) && named == acting);

    /// <summary>The one who acts now stands outside, those before inside (section 4.1).</summary>
    private static JsonObject? Chain(string acting, string? before)
    {
        var chain = new JsonObject { ["sub"] = acting };
        if (before is null)
            return chain;
        if (Read(before) is not { } inner)
            return null;
        chain[Act] = inner;
        var deep = 1;
        for (var at = inner; at is not null; at = at[Act] as JsonObject)
            deep++;
        return deep <= MostActors ? chain : null;
    }

    private static JsonObject? Read(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private TimeSpan Left(params ClaimsPrincipal?[] tokens) =>
        tokens.OfType<ClaimsPrincipal>().Select(token => token.GetExpirationDate()!.Value - clock.GetUtcNow()).Append(Lifetime).Min();
}

/// <param name="UserId">Whose access token.</param>
/// <param name="Client">Which client exchanged it.</param>
/// <param name="Actor">Who acts with what came of it.</param>
/// <param name="Audience">Where.</param>
internal sealed record TokenDelegated(Guid UserId, string Client, string Actor, string Audience) : IEvent
{
    public string Name => "tokens.delegated";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("user", UserId), new("client", Client), new("actor", Actor), new("audience", Audience)];
}
