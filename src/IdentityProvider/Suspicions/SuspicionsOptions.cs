using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Suspicions;

/// <summary>What counts as suspicious. Each is an event, in the audit, at the webhooks and under "Suspicious activity" of the console.</summary>
public sealed class SuspicionsOptions
{
    /// <summary>How far back failures and locks are counted, <c>hh:mm:ss</c> (1 minute to 1 hour; 10 minutes).</summary>
    [Range(typeof(TimeSpan), "00:01:00", "01:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The same about the same person, network or server is not told again for so long, <c>[d.]hh:mm:ss</c> (5 minutes to 1 day; 1 hour).</summary>
    [Range(typeof(TimeSpan), "00:05:00", "1.00:00:00", ParseLimitsInInvariantCulture = true)]
    public TimeSpan QuietFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Names that fail to sign in from one network (an IPv4 address, an IPv6 /64) within the window and make it password spraying, when they are more than the people who
    /// get in from there (0 to 10,000; 20; 0 switches it off).
    /// </summary>
    [Range(0, 10_000)]
    public int NamesFromOneNetwork { get; set; } = 20;

    /// <summary>
    /// Names that fail from all other networks together within the window, with three tries each at most on average, and make it password spraying, when they are
    /// five times what the last day lets expect (0 to 1,000,000; 100; 0 switches it off).
    /// </summary>
    [Range(0, 1_000_000)]
    public int NamesFromManyNetworks { get; set; } = 100;

    /// <summary>Names that wrong passwords lock within the window and that are many, on the whole server (0 to 1,000,000; 10; 0 switches it off).</summary>
    [Range(0, 1_000_000)]
    public int Lockouts { get; set; } = 10;

    /// <summary>
    /// Kilometres between two sign-ins of one person from which on nobody travels that fast (0 to 20,000; 500; 0 switches it off). Needs
    /// <c>Network:PlacesFile</c> with cities.
    /// </summary>
    [Range(0, 20_000)]
    public int TravelKilometers { get; set; } = 500;

    /// <summary>Kilometres an hour that are still possible (200 to 10,000; 900).</summary>
    [Range(200, 10_000)]
    public int TravelKilometersPerHour { get; set; } = 900;

    /// <summary>Days for which the link "This was not me" of a mail is good (1 to 30; 7).</summary>
    [Range(1, 30)]
    public int NotMeDays { get; set; } = 7;
}
