using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration;

/// <summary>When a form was shown, signed: it is kept nowhere, and nobody can say it was earlier.</summary>
internal sealed class FormAge(MasterKey master, IOptions<RegistrationOptions> options, TimeProvider clock)
{
    private readonly byte[] key = master.Derive("registration-form");

    public string Stamp()
    {
        var time = clock.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        return $"{time}.{Sign(time)}";
    }

    public bool IsOldEnough(string? stamp) =>
        stamp is { Length: < 100 } && stamp.Split('.') is [var time, var signature]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(time)), Encoding.UTF8.GetBytes(signature))
        && DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(time, CultureInfo.InvariantCulture)) + TimeSpan.FromSeconds(options.Value.MinimumSeconds) <= clock.GetUtcNow();

    private string Sign(string time) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(time)));
}
