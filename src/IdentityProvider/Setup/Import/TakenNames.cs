using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;

namespace IdentityProvider.Setup.Import;

/// <summary>Names and subjects that somebody bears. User names and addresses are one set: both are typed into the same field.</summary>
internal sealed class TakenNames
{
    private readonly Dictionary<string, User> byName = new(StringComparer.Ordinal);
    private readonly HashSet<Guid> ids = [];

    public TakenNames(IEnumerable<User> users)
    {
        foreach (var user in users)
            Take(user);
    }

    public void Take(User user)
    {
        ids.Add(user.Id);
        byName[user.NormalizedUserName!] = user;
        if (user.NormalizedEmail is { } email)
            (byName[email], byName[user.EmailLikeness!]) = (user, user);
    }

    /// <summary>The same person, by name and, where the other system knew one, by subject.</summary>
    public bool IsHere(ImportedUser user, UserEntry entry) =>
        byName.TryGetValue(UserNames.Normalize(entry.Username), out var owner)
        && owner.NormalizedUserName == UserNames.Normalize(entry.Username)
        && owner.NormalizedEmail == (entry.Email is null ? null : UserNames.Normalize(entry.Email))
        && (user.Id is null || user.Id == owner.Id);

    public string? Collision(ImportedUser user, UserEntry entry) =>
        byName.ContainsKey(UserNames.Normalize(entry.Username)) ? "has a name that somebody here bears already"
        : entry.Email is { } email && byName.ContainsKey(Likeness.Of(UserNames.Normalize(email))!) ? "has an address that belongs to somebody here already, or looks like theirs"
        : user.Id is { } id && ids.Contains(id) ? "has the id of somebody here"
        : null;
}
