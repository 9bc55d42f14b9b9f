namespace IdentityProvider.Claims;

/// <summary>What the sign-in proved and when: the source of auth_time, acr, amr, sid and act.</summary>
/// <param name="AuthenticatedAt">When the person proved a first factor; means nothing where somebody acts for them.</param>
/// <param name="Acr">How well.</param>
/// <param name="Amr">By what.</param>
/// <param name="SessionId">In which session.</param>
/// <param name="Actor">The subject of the administrator who acts for the person (RFC 8693 section 4.1); null: nobody does.</param>
internal sealed record AuthenticationFacts(DateTimeOffset AuthenticatedAt, string Acr, IReadOnlyList<string> Amr, string SessionId, string? Actor = null);

/// <summary>Authentication context class references this server states and understands, weakest first.</summary>
internal static class Acr
{
    public const string Password = "urn:identityprovider:acr:pwd", MultiFactor = "urn:identityprovider:acr:mfa", PhishingResistant = "urn:identityprovider:acr:phr";

    /// <summary>Nothing was proven of the person (OpenID Connect Core 1.0 section 2): somebody acts for them.</summary>
    public const string None = "0";

    private static readonly string[] Levels = [Password, MultiFactor, PhishingResistant];

    public static IReadOnlyList<string> Supported => Levels;

    /// <summary>
    /// Several kinds of proof make MFA (RFC 8176: knowing and having). A passkey that verified its person is that by itself, and
    /// cannot be given away to a site that looks like this one.
    /// </summary>
    public static string Of(IReadOnlyCollection<string> amr) =>
        !amr.Contains("mfa") ? Password : amr.Contains("user") && (amr.Contains("hwk") || amr.Contains("swk")) ? PhishingResistant : MultiFactor;

    /// <summary>Is <paramref name="acr"/> as strong as <paramref name="wanted"/>? A value that is not ours is never reached.</summary>
    public static bool Reaches(string acr, string wanted) => Array.IndexOf(Levels, wanted) is var level && level >= 0 && Array.IndexOf(Levels, acr) >= level;
}
