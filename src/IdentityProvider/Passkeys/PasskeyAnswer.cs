using System.Buffers.Text;
using System.Formats.Cbor;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;

namespace IdentityProvider.Passkeys;

/// <summary>What the script brings from the authenticator, in a form.</summary>
internal sealed class PasskeyAnswer
{
    /// <summary>Characters of a response; with a certificate chain it takes about a third.</summary>
    private const int MaxLength = 16 * 1024;

    /// <summary>The response as JSON (WebAuthn Level 3 section 5.1.7); empty when the browser could not ask.</summary>
    [FromForm(Name = "credential")]
    public string? Credential { get; set; }

    /// <summary>The handle of the challenge.</summary>
    [FromForm(Name = "challenge")]
    public string? Challenge { get; set; }

    /// <summary>The flag UV of a response that was verified (WebAuthn Level 3 section 6.1): bit 2 of the byte behind the hash of the relying party id.</summary>
    public static bool IsUserVerified(string credential)
    {
        using var json = JsonDocument.Parse(credential);
        var data = Base64Url.DecodeFromChars(json.RootElement.GetProperty("response").GetProperty("authenticatorData").GetString());
        return (data[32] & 0b100) != 0;
    }

    /// <summary>
    /// The response with the flag UP (bit 0) set, for the framework's verifier, which knows no registration without presence.
    /// Without an attestation nothing is signed over the flags; with one the signature no longer fits.
    /// </summary>
    public string WithPresence()
    {
        try
        {
            var credential = JsonNode.Parse(Credential!)!;
            var made = Base64Url.DecodeFromChars((string?)credential["response"]?["attestationObject"]);
            var data = AttestedData.Read(made).AuthenticatorData;
            if (data.Length > 32)
                made[made.AsSpan().IndexOf(data) + 32] |= 1;
            credential["response"]!["attestationObject"] = Base64Url.EncodeToString(made);
            return credential.ToJsonString();
        }
        catch (Exception fault) when (fault is FormatException or CborContentException or InvalidOperationException or JsonException)
        {
            // The verifier says what is wrong with it.
            return Credential!;
        }
    }

    public bool IsEmpty => string.IsNullOrEmpty(Credential);

    /// <summary>What is wrong with it before anything is verified, in the words of <see cref="RefusalReason"/>.</summary>
    public string? Fault()
    {
        if (Credential is not { Length: > 0 and <= MaxLength })
            return RefusalReason.Length;
        try
        {
            using var json = JsonDocument.Parse(Credential);
            return json.RootElement is not { ValueKind: JsonValueKind.Object } root || Text(root, "id") is not { } id ? RefusalReason.Format
                : Text(root, "rawId") != id ? RefusalReason.CredentialId : null;
        }
        catch (JsonException)
        {
            return RefusalReason.Format;
        }
    }

    /// <summary>The credential id, of a response that has one.</summary>
    public string? ReadId()
    {
        using var json = JsonDocument.Parse(Credential!);
        return Text(json.RootElement, "id");
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A question as the page and its script need it: the options as JSON, and the handle of the challenge.</summary>
internal sealed record PasskeyQuestion(string Options, string Challenge);
