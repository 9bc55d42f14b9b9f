namespace IdentityProvider.Platform.Http;

/// <summary>Who is signed in, as every page that asks something shows it; without a SwitchUrl there is no "Not you?".</summary>
internal sealed record AccountRow(string Name, string? Email, string? SwitchUrl = null);
