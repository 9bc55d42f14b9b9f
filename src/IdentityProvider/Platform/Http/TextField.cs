namespace IdentityProvider.Platform.Http;

/// <summary>A labelled line of text in a form, with its hint and its error. <paramref name="Name"/> is also the id and the key of its errors.</summary>
internal sealed record TextField(string Name, string Label, string? Value)
{
    public string? Hint { get; init; }
    public string Type { get; init; } = "text";

    /// <summary>What browsers may fill in (HTML, autofill detail tokens).</summary>
    public string Autocomplete { get; init; } = "off";

    public string? InputMode { get; init; }

    /// <summary>The id of a datalist.</summary>
    public string? List { get; init; }

    /// <summary>Addresses, tags and codes run from left to right in every language.</summary>
    public bool IsCode { get; init; }

    /// <summary>A short code that somebody types off a mail or a screen: large and wide apart.</summary>
    public bool IsDigits { get; init; }

    /// <summary>How many lines are shown; 0: it is one line and stays so.</summary>
    public int Lines { get; init; }

    public bool Required { get; init; }
    public bool Autofocus { get; init; }
}
