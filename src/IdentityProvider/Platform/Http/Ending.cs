using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Platform.Http;

/// <summary>What comes to an end and takes somebody's sign-ins or programs with it, for administrators to see it coming. The room that owns it registers one.</summary>
/// <param name="Permission">Who does not hold it does not see them.</param>
/// <param name="FindAsync">Those that end between two times, the nearest first, and so many at most.</param>
internal sealed record Ending(string Permission, Func<Store, DateTimeOffset, DateTimeOffset, int, CancellationToken, Task<List<EndingThing>>> FindAsync);

/// <param name="Kind">"API key".</param>
/// <param name="Name">Which.</param>
/// <param name="At">When it ends.</param>
/// <param name="Path">Its page in the console; null where it has none.</param>
internal sealed record EndingThing(string Kind, string Name, DateTimeOffset At, string? Path);
