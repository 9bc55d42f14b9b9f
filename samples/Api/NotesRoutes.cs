using System.Security.Claims;
using IdentityProvider.AspNetCore;
using Microsoft.AspNetCore.Authorization;

namespace Samples.Api;

internal sealed record NewNote(string? Text);

/// <summary>
/// A scope says what the client was allowed, a permission what the person may; both must hold. Which note it is about shows only after it is
/// loaded, so the routes to one note ask for :own here, and for the owner inside.
/// </summary>
internal static class NotesRoutes
{
    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/notes", (Board board, ClaimsPrincipal caller) => board.Read(caller)).RequireScope("notes:read");
        routes.MapGet("/notes/{id:guid}", ReadAsync).RequireScope("notes:read").RequirePermission("notes:read:own");
        routes.MapPost("/notes", Pin).RequireScope("notes:write").RequirePermission("notes:write:own");
        routes.MapPut("/notes/{id:guid}", RewriteAsync).RequireScope("notes:write").RequirePermission("notes:write:own");
        routes.MapDelete("/notes/{id:guid}", DeleteAsync).RequireScope("notes:write").RequirePermission("notes:delete:own");
    }

    private static async Task<IResult> ReadAsync(Guid id, Board board, ClaimsPrincipal caller, IAuthorizationService authorization) =>
        board.Find(id) is not { } note ? Results.NotFound()
        : await authorization.RefuseAsync(caller, "notes:read", note.Author) ?? Results.Ok(note);

    private static IResult Pin(NewNote note, Board board, ClaimsPrincipal caller) =>
        TextOf(note) is { } text && board.Pin(text, caller.FindFirstValue("sub")!) is var pinned ? Results.Created($"/notes/{pinned.Id}", pinned) : Unfit();

    private static async Task<IResult> RewriteAsync(Guid id, NewNote note, Board board, ClaimsPrincipal caller, IAuthorizationService authorization)
    {
        if (board.Find(id) is not { } old)
            return Results.NotFound();

        // Somebody else's: 403 to a moderator, who sees it, and 404 to a user, who does not.
        if (await authorization.RefuseAsync(caller, "notes:write", old.Author, toSee: "notes:read") is { } refusal)
            return refusal;
        if (TextOf(note) is not { } text)
            return Unfit();
        var rewritten = old with { Text = text };
        return board.Replace(old, rewritten) ? Results.Ok(rewritten) : Results.NotFound();
    }

    private static async Task<IResult> DeleteAsync(Guid id, Board board, ClaimsPrincipal caller, IAuthorizationService authorization)
    {
        if (board.Find(id) is not { } note)
            return Results.NotFound();
        return await authorization.RefuseAsync(caller, "notes:delete", note.Author, toSee: "notes:read")
            ?? (board.Replace(note, null) ? Results.NoContent() : Results.NotFound());
    }

    private static string? TextOf(NewNote note) => note.Text?.Trim() is { Length: > 0 and <= 200 } text ? text : null;

    private static IResult Unfit() => Results.ValidationProblem(new Dictionary<string, string[]> { ["text"] = ["A note has 1 to 200 characters."] });
}
