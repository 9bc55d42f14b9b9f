using IdentityProvider.Platform.Storage;

namespace IdentityProvider.Users;

/// <summary>Who has a second factor of one kind. The room that keeps them registers one.</summary>
internal sealed record FactorHolders(string Kind, Func<Store, IQueryable<Guid>> Users)
{
    public const string App = "app", Passkey = "passkey";
}
