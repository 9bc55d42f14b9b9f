using Microsoft.AspNetCore.Identity;

namespace IdentityProvider.Passkeys;

/// <summary>
/// Why a response was not taken, in one word for log and metrics. The verifier only gives sentences, with values of the
/// response in them that do not belong into a log; a test mutates every field and so notices when a sentence changes.
/// </summary>
internal static class RefusalReason
{
    public const string Challenge = "challenge", Format = "format", Length = "length", CredentialId = "credential_id", PublicKey = "public_key",
        Disabled = "disabled", SignCount = "sign_count", TooMany = "too_many", TooManyAttempts = "too_many_attempts", Make = "aaguid", Attestation = "attestation", Known = "already_registered", Unknown = "unknown_passkey";

    private static readonly (string Start, string Reason)[] Sentences =
    [
        ("Expected credential type", "credential_type"),
        ("Expected the client data JSON 'type'", "type"),
        ("The authenticator response challenge", Challenge),
        ("The authenticator response had an invalid origin", "origin"),
        ("The authenticator data included an invalid Relying Party", "rp_id"),
        ("The authenticator data flags did not include the 'UserPresent'", "user_presence"),
        ("User verification is required", "user_verification"),
        ("The credential is backed up, but", "backup_flags"),
        ("The stored credential is", "backup_flags"),
        ("No attested credential data", "credential_data"),
        ("The credential public key", PublicKey),
        ("The attestation statement was not valid", Attestation),
        ("Expected the credential ID", CredentialId),
        ("The provided credential ID", CredentialId),
        ("The credential is already registered", Known),
        ("The provided credential does not belong", Unknown),
        ("The provided user handle", "user_handle"),
        ("The authenticator response was missing a user handle", "user_handle"),
        ("The assertion signature was invalid", "signature"),
    ];

    /// <summary>What to say to somebody whose passkey was not added.</summary>
    public static string WordsOf(string reason) => reason switch
    {
        Challenge => "This took too long, or was tried before. Try again.",
        Known => "This passkey is already set up here.",
        TooMany => $"You have {Passkey.MaxPerUser} passkeys, which is as many as an account can have. Remove one to add another.",
        Make or Attestation => "This kind of passkey is not accepted here. Try another one, such as a security key from your organisation.",
        _ => "The passkey could not be checked. Try again, or use another device.",
    };

    public static string Of(PasskeyException failure) =>
        Array.Find(Sentences, s => failure.Message.StartsWith(s.Start, StringComparison.Ordinal)).Reason ?? Format;
}
