using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.ClientRegistration;

/// <summary>Initial access tokens in the admin API: made for whoever may bring clients, shown once.</summary>
internal static class InitialTokensApi
{
    private const string All = Routes.AdminApi + "/registration-tokens", One = All + "/{id:guid}";
    private const int Most = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadClients).Answers(typeof(InitialTokenList));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageClients).Takes(typeof(InitialTokenInput)).Answers(typeof(InitialTokenAnswer), StatusCodes.Status201Created);
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageClients).AnswersNothing();
    }

    /// <summary>Tokens with which clients may register themselves, the newest first.</summary>
    private static async Task<IResult> ListAsync(Store db, CancellationToken ct, int limit = PageCursor.Usual, Guid? after = null)
    {
        if (!PageCursor.IsLimit(limit))
            return Refusals.BadPage;
        var rows = await db.Set<InitialAccessToken>().AsNoTracking().Where(row => after == null || row.Id.CompareTo(after.Value) < 0).OrderByDescending(row => row.Id).Take(limit + 1).ToListAsync(ct);
        return Results.Json(new InitialTokenList([.. rows.Take(limit).Select(row => Answer(row, null))], rows.Count > limit ? rows[limit - 1].Id : null));
    }

    /// <summary>Makes one; <c>token</c> is shown now and never again.</summary>
    private static async Task<IResult> AddAsync(HttpContext http, ClaimsPrincipal caller, Store db, EventLog events, TimeProvider clock, CancellationToken ct)
    {
        var input = new InitialTokenInput();
        if (await JsonBody.FillAsync(http, input, () => input.Name.Any(char.IsControl) ? [new Problem("name", "has a control character. Remove it.")] : [], ct) is { } unfit)
            return unfit;
        if (await db.Set<InitialAccessToken>().CountAsync(ct) >= Most)
            return Refusals.Conflict($"There are {Most} already. Remove one first.");
        var (token, now) = (Handle.Create(), clock.GetUtcNow());
        var row = new InitialAccessToken { Id = Guid.CreateVersion7(now), Name = input.Name, TokenHash = Handle.Hash(token), UsesLeft = input.Uses, CreatedAt = now, ExpiresAt = now.AddSeconds(input.ExpiresIn) };
        db.Add(row);
        events.Record(db, new InitialTokenAdministered(AdminRoute.ActorOf(caller), row.Id, "made"));
        await db.SaveChangesAsync(ct);
        http.Response.Headers.CacheControl = "no-store";
        return Results.Json(Answer(row, token), statusCode: StatusCodes.Status201Created);
    }

    /// <summary>Ends one; clients that registered with it stay.</summary>
    private static async Task<IResult> RemoveAsync(Guid id, ClaimsPrincipal caller, Store db, EventLog events, CancellationToken ct)
    {
        var removed = await events.RecordAsync(
            db,
            async () => await db.Set<InitialAccessToken>().Where(row => row.Id == id).ExecuteDeleteAsync(ct) == 0 ? null : new InitialTokenAdministered(AdminRoute.ActorOf(caller), id, "removed"),
            ct);
        return removed ? Results.NoContent() : Refusals.Missing("registration token");
    }

    private static InitialTokenAnswer Answer(InitialAccessToken row, string? token) => new(row.Id, row.Name, row.UsesLeft, row.CreatedAt, row.ExpiresAt, token);
}

/// <summary>A token as a caller wants it.</summary>
internal sealed class InitialTokenInput
{
    /// <summary>Whom it is for.</summary>
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    /// <summary>How many clients may register with it (1 to 1,000).</summary>
    [Range(1, 1000)]
    public int Uses { get; set; } = 1;

    /// <summary>Seconds until it ends (60 to 2,592,000; a day).</summary>
    [Range(60, 2_592_000)]
    public int ExpiresIn { get; set; } = 86_400;
}

/// <summary>A token for registration; <c>token</c> only in the answer that made it.</summary>
internal sealed record InitialTokenAnswer(Guid Id, string Name, int UsesLeft, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, string? Token);

/// <summary>A page of them; <c>next</c> is <c>after</c> of the next request, null at the end.</summary>
internal sealed record InitialTokenList(IReadOnlyList<InitialTokenAnswer> Tokens, Guid? Next);

internal sealed record InitialTokenAdministered(Guid Actor, Guid Token, string What) : IEvent
{
    public string Name => $"client_registration.token_{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("token", Token)];
}
