namespace IdentityProvider.Platform.Http;

/// <summary>
/// A place in the navigation of the account portal or the console. The room that owns the page registers one; the frame that
/// shows them knows no room.
/// </summary>
/// <param name="Area">Which frame: <see cref="Account"/>.</param>
/// <param name="Order">Ascending, from the top.</param>
/// <param name="Title">What a person reads.</param>
/// <param name="Path">Where it leads, below the issuer. Pages below this path belong to it too.</param>
internal sealed record NavigationItem(string Area, int Order, string Title, string Path)
{
    public const string Account = "account";
}
