namespace IdentityProvider.Email;

/// <summary>What a room wants to tell somebody.</summary>
/// <param name="Template">The text: <c>mail/{Template}.liquid</c> of the theme.</param>
/// <param name="To">One address, as its owner typed it.</param>
/// <param name="Language">The person's language (BCP 47); English is sent where there is no text in it.</param>
/// <param name="Values">What the text shows, by name. Encoded where it is shown; links start at the issuer.</param>
internal sealed record MailMessage(string Template, string To, string? Language, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>From here on the mail is of no use, so it is not sent any more: the end of the code in it.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
