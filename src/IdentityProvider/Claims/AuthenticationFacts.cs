namespace IdentityProvider.Claims;

/// <summary>What the sign-in proved and when: the source of auth_time, acr, amr and sid.</summary>
internal sealed record AuthenticationFacts(DateTimeOffset AuthenticatedAt, string Acr, IReadOnlyList<string> Amr, string SessionId);

/// <summary>Authentication context class references this server states and understands, weakest first.</summary>
internal static class Acr
{
    public const string Password = "urn:identityprovider:acr:pwd", MultiFactor = "urn:identityprovider:acr:mfa";

    public static readonly IReadOnlyList<string> Supported = [Password, MultiFactor];

    /// <summary>Several kinds of proof make MFA (RFC 8176: knowing and having).</summary>
    public static string Of(IReadOnlyCollection<string> amr) => amr.Contains("mfa") ? MultiFactor : Password;
}
