using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Captcha;

/// <summary>A question for the browser: which number, appended to the salt, has this SHA-256?</summary>
/// <param name="Salt">Random, with the time the question ends.</param>
/// <param name="Hash">The SHA-256 looked for, as hex.</param>
/// <param name="Max">The highest number to try.</param>
/// <param name="Signature">Ours, so that nobody answers a question of their own making.</param>
internal sealed record ProofOfWorkChallenge(string Salt, string Hash, int Max, string Signature);

/// <summary>
/// Proof of work in the manner of ALTCHA: the question is signed and kept nowhere, the answer costs one hash to check and is
/// taken once, on every node.
/// </summary>
internal sealed class ProofOfWork(IServiceScopeFactory scopes, MasterKey masterKey, IOptions<CaptchaOptions> options, TimeProvider clock) : ICaptcha
{
    public const string Field = "proof";
    private readonly byte[] key = masterKey.Derive("captcha");

    public string View => "/Captcha/_ProofOfWork.cshtml";

    public object CreateChallenge()
    {
        var max = options.Value.Difficulty;
        var ends = (clock.GetUtcNow() + options.Value.Lifetime).ToUnixTimeSeconds();
        var salt = string.Create(CultureInfo.InvariantCulture, $"{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(12))}.{ends}.");
        var hash = HashOf(salt, RandomNumberGenerator.GetInt32(max + 1));
        return new ProofOfWorkChallenge(salt, hash, max, SignatureOf(salt, hash));
    }

    /// <summary>The answer is <c>salt~number~signature</c>; the salt holds the time by itself, so nothing else has to be believed.</summary>
    public async ValueTask<bool> VerifyAsync(IFormCollection form, CancellationToken cancellationToken)
    {
        if (form[Field].ToString().Split('~') is not [{ Length: < 100 } salt, var text, { Length: 64 } signature]
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        var hash = HashOf(salt, number);
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(SignatureOf(salt, hash)), Encoding.UTF8.GetBytes(signature)))
            return false;

        // Signed by us, so it has the form we give it.
        var ends = DateTimeOffset.FromUnixTimeSeconds(long.Parse(salt.Split('.')[1], CultureInfo.InvariantCulture));
        if (ends <= clock.GetUtcNow())
            return false;
        await using var scope = scopes.CreateAsyncScope();
        return await SpentIdentifier.TrySpendAsync(scope.ServiceProvider.GetRequiredService<Store>(), SpentIdentifier.KeyOf("captcha", "", salt), ends, cancellationToken);
    }

    private static string HashOf(string salt, int number) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{salt}{number}"))));

    private string SignatureOf(string salt, string hash) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{salt}\n{hash}")));
}
