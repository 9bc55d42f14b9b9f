using IdentityProvider.Platform.Events;

namespace IdentityProvider.Backup;

/// <summary>Everything the database holds went into a file, encrypted.</summary>
internal sealed record BackupCreated(Guid Backup, long Rows) : IEvent
{
    public string Name => "backup.created";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("backup", Backup), new("rows", Rows)];
    public EventTarget? Target => new("backup", Backup.ToString());
}

/// <summary>The database is what it was when the backup was made. The audit's chain goes on behind its record of then.</summary>
internal sealed record BackupRestored(Guid Backup, DateTimeOffset MadeAt, long Rows, string Ended, string Kept) : IEvent
{
    public string Name => "backup.restored";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("backup", Backup), new("made_at", MadeAt), new("rows", Rows), new("ended", Ended), new("kept", Kept)];
    public EventTarget? Target => new("backup", Backup.ToString());
}
