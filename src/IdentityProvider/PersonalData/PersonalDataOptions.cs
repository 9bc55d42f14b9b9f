using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.PersonalData;

/// <summary>What people may do with everything held of them.</summary>
public sealed class PersonalDataOptions
{
    /// <summary>Whether people may delete their account themselves. They may always have a copy of their data.</summary>
    public bool DeletionAllowed { get; set; } = true;

    /// <summary>How long a deletion can be undone, by the mailed link or by signing in (0 to 90 days; 14 days). The account is closed meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "90.00:00:00")]
    public TimeSpan DeletionGrace { get; set; } = TimeSpan.FromDays(14);
}
