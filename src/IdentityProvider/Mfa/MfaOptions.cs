using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Mfa;

/// <summary>
/// Who must have a second factor. Whoever has one is asked for it at every sign-in in any case, and whoever holds a role with a
/// permission over everybody (<c>…:all</c>) must have one whatever is set here.
/// </summary>
public sealed class MfaOptions
{
    /// <summary>Everybody must; who has none sets one up when signing in (off).</summary>
    public bool Required { get; set; }

    /// <summary>
    /// Mailed codes stand in for an app or a passkey that is not at hand (off). They are weaker: whoever reads the mailbox can choose a new
    /// password too. Whoever must have a second factor for a role of theirs, administrators above all, is never offered one.
    /// </summary>
    public bool EmailCodes { get; set; }

    /// <summary>Names of roles whose holders must (at most 100; none).</summary>
    [MaxLength(100)]
    public IList<string> RequiredForRoles { get; } = [];
}
