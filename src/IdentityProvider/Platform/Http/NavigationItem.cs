namespace IdentityProvider.Platform.Http;

/// <summary>
/// A place in the navigation of the account portal or the console. The room that owns the page registers one; the frame that
/// shows them knows no room.
/// </summary>
/// <param name="Area">Which frame: <see cref="Account"/> or <see cref="Admin"/>.</param>
/// <param name="Order">Ascending, from the top.</param>
/// <param name="Title">What a person reads.</param>
/// <param name="Path">Where it leads, below the issuer. Pages below this path belong to it too.</param>
internal sealed record NavigationItem(string Area, int Order, string Title, string Path)
{
    public const string Account = "account", Admin = "admin";

    /// <summary>Who does not hold it does not see the place; null: everybody does.</summary>
    public string? Permission { get; init; }

    /// <summary>The deployment does without what is there.</summary>
    public bool IsOff { get; init; }

    /// <summary>The frame it leads into: shown to whoever may see a place there that needs a permission.</summary>
    public string? LeadsInto { get; init; }
}
