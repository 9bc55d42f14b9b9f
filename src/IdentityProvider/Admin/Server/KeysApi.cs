using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.SigningKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Admin.Server;

/// <summary>Signing keys in the admin API: which there are, new ones, and the day one of them leaked. Nothing private comes out.</summary>
internal static class KeysApi
{
    private const string All = Routes.AdminApi + "/keys";

    /// <summary>A token that lies about must not break every other one.</summary>
    private static readonly TimeSpan ReplaceMaxAge = TimeSpan.FromMinutes(15);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadKeys).Answers(typeof(KeyList));
        routes.MapPost(All + "/rotate", RotateAsync).ForAdministrators(Permission.ManageKeys).Answers(typeof(RotatedKeys));
        routes.MapPost(All + "/replace", ReplaceAsync).ForAdministrators(ReplaceMaxAge, Permission.ManageKeys).Takes(typeof(ReplaceInput)).Answers(typeof(KeyList));
    }

    /// <summary>The published keys, by algorithm and age.</summary>
    private static async Task<IResult> ListAsync(SigningKeyStore keys, CancellationToken ct) => Results.Json(await ListedAsync(keys, ct));

    /// <summary>Publishes new keys, which sign as soon as no client uses an older key set (<c>signs_from</c>). 409 where too many are published.</summary>
    private static async Task<IResult> RotateAsync(ClaimsPrincipal token, SigningKeyStore keys, CancellationToken ct)
    {
        try
        {
            return Results.Json(new RotatedKeys(await keys.RotateAsync(ct, new KeysAdministered(AdminRoute.ActorOf(token), "rotated"))));
        }
        catch (InvalidOperationException refusal)
        {
            return Refusals.Conflict(refusal.Message);
        }
    }

    /// <summary>
    /// New keys sign now and all old ones are gone, with every token they signed; sessions stay. For a key that leaked. Wants a sign-in of the last 15 minutes and
    /// the issuer in <c>confirm</c>. When the database leaked too, use <c>POST /panic</c>.
    /// </summary>
    private static async Task<IResult> ReplaceAsync(HttpContext http, ClaimsPrincipal token, IOptions<IdentityProviderOptions> server, SigningKeyStore keys, CancellationToken ct)
    {
        var input = new ReplaceInput();
        if (await JsonBody.FillAsync(http, input, () => [], ct) is { } unfit)
            return unfit;
        if (input.Confirm != server.Value.Issuer)
            return Refusals.BadRequest("Nothing was done. This breaks every token that is out. If you mean it, send this server's issuer as confirm.");
        await keys.ReplaceAllAsync(ct, new KeysAdministered(AdminRoute.ActorOf(token), "replaced"));
        return Results.Json(await ListedAsync(keys, ct));
    }

    private static async Task<KeyList> ListedAsync(SigningKeyStore keys, CancellationToken ct) => new(
        [.. (await keys.ListAsync(ct)).Select(key => new KeyAnswer(key.KeyId, key.Algorithm, key.State switch
        {
            SigningKeyState.Next => "next",
            SigningKeyState.Active => "active",
            _ => "retired",
        }, key.CreatedAt, key.ActivatesAt, key.RetiresAt, key.ExpiresAt))]);
}

/// <summary>A signing key: <c>next</c> is published and signs later, <c>active</c> signs, <c>retired</c> is published until its last token is dead.</summary>
internal sealed record KeyAnswer(string Kid, string Alg, string State, DateTimeOffset CreatedAt, DateTimeOffset SignsFrom, DateTimeOffset SignsUntil, DateTimeOffset PublishedUntil);

internal sealed record KeyList(IReadOnlyList<KeyAnswer> Keys);

/// <summary>When the new keys start to sign.</summary>
internal sealed record RotatedKeys(DateTimeOffset SignsFrom);

internal sealed class ReplaceInput
{
    /// <summary>The issuer of this server, to say that it is this one you mean.</summary>
    [Required, MaxLength(500)]
    public string Confirm { get; set; } = "";
}

internal sealed record KeysAdministered(Guid Actor, string What) : IEvent
{
    public string Name => $"signing_keys.{What}_by_administrator";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor)];
}
