namespace IdentityProvider.Platform.Storage;

/// <summary>
/// What a restored database must not bring back to life: it may have been taken back or used up since the backup was made, and nothing in the backup
/// knows of it. A room registers one for each; they run in the order of the rooms, in the transaction that restores.
/// </summary>
/// <param name="Name">In the plural, for people.</param>
/// <param name="KeptBy">Which option of <c>restore</c> leaves it alone.</param>
/// <param name="EndAsync">Ends it with the services of the scope that restores; how many there were.</param>
internal sealed record EndedByRestore(string Name, KeepOption KeptBy, Func<IServiceProvider, CancellationToken, Task<int>> EndAsync);

internal enum KeepOption
{
    None,
    Sessions,
    ApiKeys,
}
