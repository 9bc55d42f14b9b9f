using System.Security.Claims;
using IdentityProvider.AspNetCore;

namespace Samples.Api;

/// <summary>Author is the sub of whoever wrote it; the API's own note is nobody's.</summary>
internal sealed record Note(Guid Id, string Text, string Author, DateTimeOffset WrittenAt)
{
    public const string Nobody = "the API";
}

/// <summary>The notes live in memory: that is the API's business, not what this sample is about.</summary>
internal sealed class Board(TimeProvider time)
{
    private const int Places = 50;
    private readonly Lock gate = new();
    private readonly List<Note> notes = [new(Guid.CreateVersion7(), "Welcome. Whoever may read this has the scope notes:read.", Note.Nobody, time.GetUtcNow())];

    /// <summary>The welcome, and what the caller may read: with notes:read:all everybody's, else the caller's own.</summary>
    public IReadOnlyList<Note> Read(ClaimsPrincipal caller)
    {
        lock (gate)
            return [.. notes.Where(note => note.Author == Note.Nobody || caller.HasPermission("notes:read", note.Author))];
    }

    public Note? Find(Guid id)
    {
        lock (gate)
            return notes.Find(note => note.Id == id);
    }

    public Note Pin(string text, string author)
    {
        var note = new Note(Guid.CreateVersion7(), text, author, time.GetUtcNow());
        lock (gate)
        {
            notes.Add(note);
            if (notes.Count > Places)
                notes.RemoveAt(1);
        }
        return note;
    }

    public bool Replace(Note old, Note? with)
    {
        lock (gate)
        {
            if (notes.IndexOf(old) is var at && at < 0)
                return false;
            notes.RemoveAt(at);
            if (with is not null)
                notes.Insert(at, with);
            return true;
        }
    }
}
