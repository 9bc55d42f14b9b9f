using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Users;

/// <summary>
/// A kind of way into an account that needs no other: a password, a passkey, an account elsewhere. Reason for the interface: the
/// kinds stand in rooms that do not know each other, and none of them may take away the last one.
/// </summary>
internal interface IWayIn
{
    /// <summary>How many of them open this account.</summary>
    Task<int> CountAsync(Store db, Guid userId, CancellationToken ct);
}
