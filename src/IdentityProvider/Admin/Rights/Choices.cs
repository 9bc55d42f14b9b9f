namespace IdentityProvider.Admin.Rights;

/// <summary>Boxes to tick under one legend, in groups, and a line for those that are not among them. <paramref name="Name"/> is also the key of its errors.</summary>
internal sealed record Choices(string Name, string Legend, IReadOnlyList<Choice> Options, IReadOnlyCollection<string> Chosen)
{
    /// <summary>As many boxes as somebody reads through. Beyond, only the chosen ones are shown and the others are typed.</summary>
    public const int Most = 60;

    public string? Hint { get; init; }

    /// <summary>The line for others: its label; null: there is none.</summary>
    public string? OthersLabel { get; init; }

    public string? OthersHint { get; init; }

    public string? Others { get; init; }

    /// <summary>The boxes are all there is, or only what is chosen where there are too many.</summary>
    public static Choices Of(string name, string legend, IReadOnlyList<Choice> all, IReadOnlyCollection<string> chosen, string othersLabel, string? others) => all.Count <= Most
        ? new Choices(name, legend, all, chosen)
        : new Choices(name, legend, [.. all.Where(choice => chosen.Contains(choice.Value))], chosen) { OthersLabel = othersLabel, OthersHint = "There are too many to show. Names with spaces between them.", Others = others };

    /// <summary>The name of the line for others.</summary>
    public static string OthersName(string name) => $"more-{name}";
}

/// <summary>One box.</summary>
/// <param name="Value">What is sent, and read.</param>
/// <param name="Note">What else is to know about it.</param>
/// <param name="Group">Under which heading it stands; null: under none.</param>
internal sealed record Choice(string Value, string? Note = null, string? Group = null)
{
    /// <summary>Permissions under their resources, with a word at those that the administrator cannot give.</summary>
    public static IReadOnlyList<Choice> OfPermissions(IEnumerable<string> permissions, Func<string, bool> may) =>
        [.. permissions.Select(permission => new Choice(permission, may(permission) ? null : "not yours to give", permission.Split(':')[0]))];
}
