namespace IdentityProvider.Claims;

/// <summary>What the sign-in proved and when: the source of auth_time, acr, amr and sid.</summary>
internal sealed record AuthenticationFacts(DateTimeOffset AuthenticatedAt, string Acr, IReadOnlyList<string> Amr, string SessionId);

/// <summary>Authentication context class references this server states and understands, weakest first.</summary>
internal static class Acr
{
    public const string Password = "urn:identityprovider:acr:pwd", MultiFactor = "urn:identityprovider:acr:mfa", PhishingResistant = "urn:identityprovider:acr:phr";

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
