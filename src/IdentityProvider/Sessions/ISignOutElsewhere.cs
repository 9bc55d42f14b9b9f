namespace IdentityProvider.Sessions;

/// <summary>
/// Where a browser goes to be signed out of what its session came from.
/// Reason for the interface: Sessions end without knowing the rooms that people came in by.
/// </summary>
internal interface ISignOutElsewhere
{
    /// <summary>The address that leads through there and back to <paramref name="returnPath"/>, a path of ours; null when there is nowhere to go. Asked before the session ends.</summary>
    ValueTask<Uri?> AddressAsync(Session session, string returnPath, CancellationToken ct);
}

internal static class SigningOutElsewhere
{
    public static async ValueTask<Uri?> FirstAddressAsync(this IEnumerable<ISignOutElsewhere> ways, Session session, string returnPath, CancellationToken ct)
    {
        foreach (var way in ways)
            if (await way.AddressAsync(session, returnPath, ct) is { } address)
                return address;
        return null;
    }
}
