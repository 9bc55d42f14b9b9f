using IdentityProvider.Users;

namespace IdentityProvider.ApiKeys;

/// <summary>A key as administrators see it: never the secret.</summary>
/// <param name="Key">Which.</param>
/// <param name="Now">By which it works or not.</param>
internal sealed record KeyFacts(ApiKey Key, DateTimeOffset Now)
{
    public string? Owner { get; init; }

    /// <summary>Where the owner is shown; null for who may not see them.</summary>
    public string? OwnerPath { get; init; }

    public static string PathOf(User owner) => owner.ServiceSince is null ? $"/admin/users/{owner.Id}" : $"/admin/service-accounts/{owner.Id}";
}
