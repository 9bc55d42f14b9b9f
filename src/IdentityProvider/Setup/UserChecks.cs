using System.Net.Mail;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;

namespace IdentityProvider.Setup;

/// <summary>The rules about people in all documents together.</summary>
internal sealed class UserChecks(IReadOnlyList<SetupFile> files, SetupKnown known, PasswordRules passwords)
{
    private const int MinimumTotpBytes = 16;

    /// <summary>The names a person is found by. User names and addresses are one set: both are typed into the same field.</summary>
    public static IEnumerable<string> NamesOf(UserEntry user) =>
        new[] { user.Username, user.Email ?? "" }.Where(name => name.Length > 0).Select(UserNames.Normalize)
            .Concat(user.Email is { Length: > 0 } email ? [Likeness.Of(UserNames.Normalize(email))!] : []).Distinct(StringComparer.Ordinal);

    public void Run()
    {
        var roles = new HashSet<string>([.. SeededRoles.Permissions.Keys, .. known.Roles, .. files.SelectMany(file => file.Document.Roles).Select(role => role.Name)]);
        var owners = new Dictionary<string, UserEntry>(StringComparer.Ordinal);
        var described = files.SelectMany(file => file.Document.Users).Select(user => UserNames.Normalize(user.Username)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in files)
            foreach (var user in file.Document.Users)
                foreach (var problem in Check(user, roles, owners, described))
                    file.Report(user, problem);
    }

    private IEnumerable<Problem> Check(UserEntry user, HashSet<string> roles, Dictionary<string, UserEntry> owners, HashSet<string> described) =>
    [
        .. OwnProblems(user, passwords),
        .. Collisions(user, owners, described),
        .. (user.Roles ?? []).Select((role, i) => (role, i)).Where(held => !roles.Contains(held.role)).Select(held => new Problem(
            $"roles[{held.i}]",
            $"\"{Constraints.Shown(held.role)}\" is no role.{(NearestName.Question(held.role, roles) is { Length: > 0 } question ? question : " Describe it under roles, or remove it.")}")),
    ];

    /// <summary>What is wrong with an entry whoever else there is.</summary>
    public static IEnumerable<Problem> OwnProblems(UserEntry user, PasswordRules passwords) =>
        [.. Constraints.Check(user, ClientMetadataRules.OutsideName), .. NameProblems(user), .. CredentialProblems(user, passwords)];

    private static IEnumerable<Problem> NameProblems(UserEntry user)
    {
        if (user.Username.Any(char.IsControl) || user.Username != user.Username.Trim())
            yield return new("username", "has a control character, or a space at an end. Remove it.");
        if (user.Name?.Any(char.IsControl) == true)
            yield return new("name", "has a control character. Remove it.");

        // Visible ASCII only: two addresses that look alike, or become alike when normalised, are how accounts are taken over.
        if (user.Email is { } email && (!MailAddress.TryCreate(email, out var address) || address.Address != email || email.Any(c => c is <= ' ' or > '~')))
            yield return new("email", "is not a mail address in ASCII. Write name@example.com.");
        if (user is { EmailVerified: true, Email: null })
            yield return new("email_verified", "is true, but there is no email. Give the address, or remove it.");
    }

    private IEnumerable<Problem> Collisions(UserEntry user, Dictionary<string, UserEntry> owners, HashSet<string> described)
    {
        var me = UserNames.Normalize(user.Username);
        foreach (var name in NamesOf(user))
        {
            var property = name == me ? "username" : "email";

            // The same user name twice is said elsewhere; an owner that is described too takes its names from its description.
            if (!owners.TryAdd(name, user) && UserNames.Normalize(owners[name].Username) != me)
                yield return new(property, $"\"{Constraints.Shown(name)}\" is already the user name or address of \"{Constraints.Shown(owners[name].Username)}\". Choose another.");
            else if (known.NameOwners.TryGetValue(name, out var owner) && owner != me && !described.Contains(owner))
                yield return new(property, $"\"{Constraints.Shown(name)}\" is in the database the user name or address of \"{Constraints.Shown(owner)}\". Choose another.");
        }
    }

    private static IEnumerable<Problem> CredentialProblems(UserEntry user, PasswordRules passwords)
    {
        if (user is { Password: not null, PasswordHash: not null })
            yield return new("password_hash", "is given beside password. Remove one of the two.");
        if (user.Password is { Length: > 0 and <= PasswordRules.MaxLength } password)
            foreach (var problem in passwords.Problems(password, user.Username, user.Email, user.Name))
                yield return new("password", $"does not keep the rules. {problem}.");
        if (user.PasswordHash is { Length: > 0 and <= 256 } hash && !Passwords.IsKnownHash(hash))
            yield return new("password_hash", "is in no known format. Give Argon2id or bcrypt in their usual form, or a hash of ASP.NET Core Identity.");
        if (user.TotpSecret is { Length: > 0 } secret && TotpProblem(secret) is { } text)
            yield return new("totp_secret", text);
    }

    private static string? TotpProblem(string secret)
    {
        var unpadded = secret.TrimEnd('=');
        if (unpadded.Any(c => c is not ((>= 'A' and <= 'Z') or (>= 'a' and <= 'z') or (>= '2' and <= '7'))))
            return "is not base32. Use the letters A to Z and the digits 2 to 7 (RFC 4648 section 6).";
        var bits = unpadded.Length * 5 / 8 * 8;
        return bits < MinimumTotpBytes * 8 ? $"has {bits} bits. Give at least 128 (RFC 4226 section 4): 26 characters or more." : null;
    }
}
