namespace IdentityProvider.Users;

/// <summary>
/// Something that can be looked at or done about a person, on their page in the console. The room that does it registers one and brings the page it
/// leads to; the page of the person shows those that its reader may use and knows no room.
/// </summary>
/// <param name="Order">Ascending, from the top.</param>
/// <param name="Title">What it does.</param>
/// <param name="Path">Where it leads, below the issuer; <c>{sub}</c> stands for the person.</param>
/// <param name="Permission">Who does not hold it does not see it.</param>
internal sealed record PersonAction(int Order, string Title, string Path, string Permission)
{
    /// <summary>What follows from it, in a sentence.</summary>
    public required string Hint { get; init; }

    /// <summary>Does it make sense for this person now?</summary>
    public Func<PersonState, bool> Suits { get; init; } = static _ => true;

    /// <summary>For accounts of programs, on their page, in place of people.</summary>
    public bool IsOfPrograms { get; init; }

    /// <summary>The deployment does without it.</summary>
    public bool IsOff { get; init; }

    public string PathFor(Guid sub) => Path.Replace("{sub}", sub.ToString(), StringComparison.Ordinal);
}

/// <summary>How it stands with a person.</summary>
/// <param name="User">The person.</param>
/// <param name="IsLeaving">They asked for the end of their account, or somebody did; it can be undone.</param>
internal sealed record PersonState(User User, bool IsLeaving);
