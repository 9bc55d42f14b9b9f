using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Platform.Jobs;

/// <summary>
/// A number of the dashboard that is too dear to count while somebody waits: counted every few minutes on one of the nodes. The room that has the
/// table registers one.
/// </summary>
internal sealed record Figure(string Name, Func<Store, DateTimeOffset, CancellationToken, Task<long>> CountAsync);
