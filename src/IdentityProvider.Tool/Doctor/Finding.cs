namespace IdentityProvider.Tool.Doctor;

internal enum Health
{
    Ok,
    Warn,
    Fail,
}

/// <summary>What one check found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Health">How it is.</param>
/// <param name="Words">What was seen.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
internal sealed record Finding(string Check, Health Health, string Words, string? Remedy = null);
