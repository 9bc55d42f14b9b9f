namespace IdentityProvider.Admin.People;

/// <summary>All subjects that begin with some hexadecimal digits.</summary>
internal sealed record UserIdRange(Guid First, Guid Last)
{
    private const int Fewest = 8, Most = 32;

    /// <param name="text">The digits, with or without hyphens.</param>
    /// <param name="wholeOnly">SQL Server orders these values from the end: there only a whole one is found.</param>
    /// <returns>Null where it is the beginning of no subject.</returns>
    public static UserIdRange? Of(string text, bool wholeOnly)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is < Fewest or > Most || !digits.All(char.IsAsciiHexDigit) || (wholeOnly && digits.Length < Most))
            return null;
        return new UserIdRange(Guid.ParseExact(digits.PadRight(Most, '0'), "N"), Guid.ParseExact(digits.PadRight(Most, 'f'), "N"));
    }
}
