using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Samples.Api;

internal sealed record Note(string Text, string Author, DateTimeOffset WrittenAt);

internal sealed record NewNote(string? Text);

/// <summary>The board lives in memory: it is the API's business, not what this sample is about.</summary>
internal sealed class Board(TimeProvider time)
{
    private const int Places = 50;
    private readonly Lock gate = new();
    private readonly Queue<Note> notes = new([new("Welcome. Whoever may read this has the scope notes:read.", "the API", time.GetUtcNow())]);

    public IReadOnlyList<Note> Read()
    {
        lock (gate)
            return [.. notes];
    }

    public Note Pin(string text, string author)
    {
        var note = new Note(text, author, time.GetUtcNow());
        lock (gate)
        {
            notes.Enqueue(note);
            if (notes.Count > Places)
                notes.Dequeue();
        }
        return note;
    }
}

internal static class NotesRoutes
{
    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/notes", [RequireScope("notes:read")] (Board board) => board.Read());
        routes.MapPost("/notes", [RequireScope("notes:write")] (NewNote note, Board board, ClaimsPrincipal caller) => Pin(note, board, caller));
    }

    private static Results<Created<Note>, ValidationProblem> Pin(NewNote note, Board board, ClaimsPrincipal caller) =>
        note.Text?.Trim() is { Length: > 0 and <= 200 } text
            ? TypedResults.Created("/notes", board.Pin(text, caller.FindFirstValue("sub") ?? "nobody"))
            : TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["text"] = ["A note has 1 to 200 characters."] });
}
