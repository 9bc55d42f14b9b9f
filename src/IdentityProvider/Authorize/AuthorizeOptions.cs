using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Authorize;

/// <summary>Requests that wait for a person.</summary>
public sealed class AuthorizeOptions
{
    /// <summary>How long an interrupted request can be taken up again (20 minutes to 7 days; default 1 day, so that a page left open overnight goes on).</summary>
    [Range(typeof(TimeSpan), "00:20:00", "7.00:00:00")]
    public TimeSpan TicketLifetime { get; set; } = TimeSpan.FromDays(1);
}
