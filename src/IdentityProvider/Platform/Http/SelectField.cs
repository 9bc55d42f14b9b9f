namespace IdentityProvider.Platform.Http;

/// <summary>A labelled choice of one among a few, with its hint and its error. <paramref name="Name"/> is also the id and the key of its errors.</summary>
internal sealed record SelectField(string Name, string Label, string? Value, params (string Value, string Words)[] Options)
{
    public string? Hint { get; init; }
}
