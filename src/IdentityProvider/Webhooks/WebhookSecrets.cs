using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.Webhooks;

/// <summary>
/// Secrets and signatures as Standard Webhooks 1.0 has them: <c>whsec_</c> and 32 bytes in base64; HMAC-SHA256 over id, time and body, so that no receiver
/// can be sent an old message again or another one in its name.
/// </summary>
internal sealed class WebhookSecrets(MasterKey master)
{
    private const string Prefix = "whsec_";

    /// <summary>64 bytes in base64 behind the prefix.</summary>
    private const int MaxLength = 94;

    /// <summary>How long the secret before signs beside a new one, so that receivers can be changed without a message refused.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public static string Create() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    public static bool IsSecret(string text) =>
        text.Length <= MaxLength && text.StartsWith(Prefix, StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace)
        && Convert.TryFromBase64String(text[Prefix.Length..], new byte[MaxLength], out var bytes) && bytes is >= 24 and <= 64;

    /// <summary>Gives the webhook this secret, if it is another.</summary>
    /// <returns>False when it has it already.</returns>
    public bool Set(Webhook webhook, string secret, DateTimeOffset now)
    {
        if (webhook.ProtectedSecret.Length > 0 && CryptographicOperations.FixedTimeEquals(master.Unprotect(webhook.ProtectedSecret, PurposeOf(webhook.Id)), Encoding.ASCII.GetBytes(secret)))
            return false;
        Replace(webhook, secret, now);
        return true;
    }

    /// <summary>Gives the webhook a new secret, whether or not the one before can be read; that one signs beside it for <see cref="Overlap"/>.</summary>
    public void Replace(Webhook webhook, string secret, DateTimeOffset now)
    {
        if (webhook.ProtectedSecret.Length > 0)
            (webhook.FormerProtectedSecret, webhook.FormerUntil) = (webhook.ProtectedSecret, now + Overlap);
        webhook.ProtectedSecret = master.Protect(Encoding.ASCII.GetBytes(secret), PurposeOf(webhook.Id));
    }

    /// <summary>The value of <c>webhook-signature</c>: one by each secret that counts now.</summary>
    public string Sign(Webhook webhook, string id, long timestamp, string body, DateTimeOffset now)
    {
        var signatures = Signature(webhook.Id, webhook.ProtectedSecret, id, timestamp, body);
        return webhook.FormerProtectedSecret is { } former && webhook.FormerUntil > now ? $"{signatures} {Signature(webhook.Id, former, id, timestamp, body)}" : signatures;
    }

    private string Signature(Guid webhook, string protectedSecret, string id, long timestamp, string body)
    {
        var secret = Encoding.ASCII.GetString(master.Unprotect(protectedSecret, PurposeOf(webhook)));
        var key = Convert.FromBase64String(secret[Prefix.Length..]);
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.{body}"))));
    }

    private static string PurposeOf(Guid webhook) => $"webhook\n{webhook:N}";
}
