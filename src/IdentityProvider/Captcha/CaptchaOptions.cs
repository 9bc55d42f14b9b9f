using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Captcha;

/// <summary>A proof asked of whoever keeps failing to sign in, so that guessing passwords costs the guesser more than us.</summary>
public sealed class CaptchaOptions
{
    /// <summary>Failed sign-ins to one name, known or not, after which the proof is asked for (0 to 100; 3). 0 asks always.</summary>
    [Range(0, 100)]
    public int AfterFailures { get; set; } = 3;

    /// <summary>
    /// The highest number a browser has to try (1,000 to 5,000,000; 50,000). On average it tries half of them: about half a
    /// second on a laptop, two on a cheap phone.
    /// </summary>
    [Range(1_000, 5_000_000)]
    public int Difficulty { get; set; } = 50_000;

    /// <summary>How long a question can be answered, <c>hh:mm:ss</c> (one minute to one day; 1 hour).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(1);
}
