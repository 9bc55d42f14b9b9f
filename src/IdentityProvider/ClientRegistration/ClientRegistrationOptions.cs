using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.ClientRegistration;

/// <summary>Clients that register themselves (RFC 7591).</summary>
public sealed class ClientRegistrationOptions
{
    /// <summary>Whether clients may register themselves, with a token that an administrator made for it. Off unless set.</summary>
    public bool Enabled { get; set; }

    /// <summary>The scopes such a client may ask people for, separated by spaces. Those of the admin API and of API keys are never among them.</summary>
    [Required, StringLength(2000)]
    public string Scope { get; set; } = "openid profile email offline_access";

    /// <summary>Days after which one that no grant hangs on is forgotten (1 to 3,650; 90).</summary>
    [Range(1, 3650)]
    public int UnusedDays { get; set; } = 90;
}
