using System.Globalization;
using System.Text.Json;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup.Import;

/// <summary>How an import went.</summary>
internal sealed record ImportCounts(long Created, long Unchanged, long Refused)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"users: {Created} created, {Unchanged} unchanged, {Refused} refused");
}

/// <summary>
/// Takes people over from a file, some hundred in a transaction, so that a file of any size needs the same memory. Who is here already
/// stays as they are: an import that was cut short is run again. One that is refused keeps nobody else out.
/// </summary>
internal sealed class UserImport(Store db, Passwords passwords, PasswordRules rules, IEnumerable<IAuthenticatorImport> authenticators, EventLog events, TimeProvider clock)
{
    private const int BatchSize = 500;
    private Dictionary<string, Guid> roles = [];
    private HashSet<string> above = [];
    private Guid? actor;
    private long created, unchanged, refused;

    /// <param name="format">What the file holds.</param>
    /// <param name="file">Its path.</param>
    /// <param name="report">Gets a line for each person who was refused: place, name and reason.</param>
    /// <param name="dryRun">Checks everything and writes nothing.</param>
    /// <param name="ct">Ends between two batches; those before stay.</param>
    public async Task<ImportCounts> RunAsync(UserFormat format, string file, TextWriter report, bool dryRun, CancellationToken ct)
    {
        roles = await db.Set<Role>().AsNoTracking().ToDictionaryAsync(role => role.Name, role => role.Id, ct);
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.SequentialScan | FileOptions.Asynchronous);
        var batch = new List<(long Place, ImportedUser User)>(BatchSize);
        try
        {
            await foreach (var (record, user) in UserFormats.ReadAsync(format, stream))
            {
                batch.Add((record.Place, user));
                if (batch.Count == BatchSize)
                    await FlushAsync();
            }

            await FlushAsync();
        }
        catch (JsonException exception)
        {
            await FlushAsync();
            refused++;
            await report.WriteLineAsync($"{file}: the rest is no JSON. {(exception.Path is null ? exception.Message : "")}".TrimEnd());
        }

        return new(created, unchanged, refused);

        async Task FlushAsync()
        {
            foreach (var (place, name, reason) in (await SaveAsync(batch, dryRun, ct)).Refused)
                await report.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{file}:{place}: {(name.Length > 0 ? $"\"{Constraints.Shown(name)}\" " : "")}{reason}"));
            batch.Clear();
        }
    }

    /// <summary>Takes some people over who come from outside, in one transaction.</summary>
    /// <param name="format">What the records are.</param>
    /// <param name="records">A JSON object for each.</param>
    /// <param name="by">Who does it.</param>
    /// <param name="held">What they hold: the most they can give.</param>
    /// <param name="dryRun">Checks everything and writes nothing.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<IEnumerable<ImportResult>> BatchAsync(UserFormat format, IReadOnlyList<JsonElement> records, Guid by, HeldRights held, bool dryRun, CancellationToken ct)
    {
        var known = await db.Set<Role>().AsNoTracking().ToListAsync(ct);
        roles = known.ToDictionary(role => role.Name, role => role.Id);
        above = [.. known.Where(role => held.Refuse(role.Permissions) is not null).Select(role => role.Name)];
        actor = by;
        var batch = records.Select((record, i) => ((long)i, User: Readable(format, record))).ToList();
        var results = batch.ConvertAll(row => new ImportResult(row.User.Username ?? row.User.Email ?? "", "created", null));
        var (refusals, here) = await SaveAsync(batch, dryRun, ct);
        foreach (var place in here)
            results[(int)place] = results[(int)place] with { Result = "unchanged" };
        foreach (var (place, _, reason) in refusals)
            results[(int)place] = results[(int)place] with { Result = "refused", Reason = reason };
        return results;
    }

    private static ImportedUser Readable(UserFormat format, JsonElement record)
    {
        try
        {
            return UserFormats.Read(format, record);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, written as an escape.
            return new ImportedUser { Refusal = "has a text that is no Unicode" };
        }
    }

    private async Task<(List<(long Place, string Name, string Reason)> Refused, List<long> Here)> SaveAsync(List<(long Place, ImportedUser User)> batch, bool dryRun, CancellationToken ct)
    {
        var here = new List<long>();
        var refusals = new List<(long, string, string)>();
        var taken = await TakenAsync([.. batch.Select(row => row.User)], ct);
        var secrets = new List<(Guid UserId, string Secret)>();
        foreach (var (place, user) in batch)
        {
            var entry = EntryOf(user);
            if (taken.IsHere(user, entry))
                here.Add(place);
            else if ((user.Refusal ?? Problem(user, entry) ?? taken.Collision(user, entry)) is { } reason)
                refusals.Add((place, entry.Username, reason));
            else
            {
                var row = await RowAsync(user, entry, ct);
                taken.Take(row);
                db.Add(row);
                db.AddRange(user.Roles.Distinct().Select(role => new UserRole { UserId = row.Id, RoleId = roles[role] }));
                if (user.TotpSecret is { } secret)
                    secrets.Add((row.Id, secret));
                created++;
            }
        }

        unchanged += here.Count;
        refused += refusals.Count;
        if (!dryRun)
            await WriteAsync(secrets, ct);
        db.ChangeTracker.Clear();
        return (refusals, here);
    }

    private async Task WriteAsync(List<(Guid UserId, string Secret)> secrets, CancellationToken ct)
    {
        // A person whose second factor is not there yet could come in without it: both or neither.
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (db.ChangeTracker.Entries<User>().Where(entry => entry.State == EntityState.Added).Select(entry => entry.Entity.Id).ToArray() is { Length: > 0 } people)
            events.Record(db, new UsersImported(people.Length, actor) { After = new { Subjects = people } });
        await db.SaveChangesAsync(ct);
        foreach (var (userId, secret) in secrets)
            await authenticators.Single().ImportTotpAsync(db, userId, secret, ct);
        await transaction.CommitAsync(ct);
    }

    private static UserEntry EntryOf(ImportedUser user) => new()
    {
        Username = user.Username ?? user.Email ?? "",
        Email = user.Email,
        EmailVerified = user.EmailVerified && user.Email is not null,
        Name = user.Name,
        Password = user.Password,
        PasswordHash = user.PasswordHash,
        TotpSecret = user.TotpSecret,
    };

    private string? Problem(ImportedUser user, UserEntry entry)
    {
        if (UserChecks.OwnProblems(entry, rules).FirstOrDefault() is { } problem)
            return $"{problem.Property} {problem.Text}";
        if (new[] { user.GivenName, user.FamilyName, user.Nickname, user.Locale }.Any(text => text?.Length > 256 || text?.Any(char.IsControl) == true))
            return "has a name or locale of more than 256 characters, or with a control character";
        if (user.PhoneNumber?.Length > 32 || user.PhoneNumber?.Any(char.IsControl) == true)
            return "has a phone number of more than 32 characters";
        if (user.Roles.FirstOrDefault(above.Contains) is { } more)
            return $"has the role \"{Constraints.Shown(more)}\", which permits more than you hold yourself";
        return user.Roles.FirstOrDefault(role => !roles.ContainsKey(role)) is { } unknown
            ? $"has the role \"{Constraints.Shown(unknown)}\", which is none here.{NearestName.Question(unknown, roles.Keys)}"
            : null;
    }

    private async Task<User> RowAsync(ImportedUser user, UserEntry entry, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        return new User
        {
            Id = user.Id ?? Guid.CreateVersion7(now),
            UserName = entry.Username,
            NormalizedUserName = UserNames.Normalize(entry.Username),
            Email = entry.Email,
            NormalizedEmail = entry.Email is null ? null : UserNames.Normalize(entry.Email),
            EmailConfirmed = entry.EmailVerified == true,
            Name = user.Name,
            GivenName = user.GivenName,
            FamilyName = user.FamilyName,
            Nickname = user.Nickname,
            Locale = user.Locale,
            PhoneNumber = user.PhoneNumber,
            PhoneNumberConfirmed = user.PhoneNumberVerified && user.PhoneNumber is not null,
            PasswordHash = entry.PasswordHash ?? (entry.Password is { } password ? await passwords.HashAsync(password, ct) : null),
            DisabledAt = user.Disabled ? now : null,
            CreatedAt = user.CreatedAt is { } since && since < now ? since : now,
            UpdatedAt = now,
            LockoutEnabled = true,
            SecurityStamp = Platform.Secrets.Handle.Create(),
            ConcurrencyStamp = Guid.CreateVersion7(now).ToString(),
        };
    }

    private async Task<TakenNames> TakenAsync(IReadOnlyList<ImportedUser> users, CancellationToken ct)
    {
        var names = users.SelectMany(user => new[] { user.Username, user.Email }).OfType<string>().Where(name => name.Length is > 0 and <= 256 && !name.Any(char.IsControl))
            .Select(UserNames.Normalize).SelectMany(name => new[] { name, Likeness.Of(name)! }).Distinct().ToArray();
        var ids = users.Select(user => user.Id).OfType<Guid>().ToArray();
        return new TakenNames(await db.Set<User>().AsNoTracking()
            .Where(user => names.Contains(user.NormalizedUserName) || names.Contains(user.NormalizedEmail) || names.Contains(user.EmailLikeness) || ids.Contains(user.Id))
            .Select(user => new User { Id = user.Id, NormalizedUserName = user.NormalizedUserName, NormalizedEmail = user.NormalizedEmail })
            .ToListAsync(ct));
    }
}

/// <summary>How it went with one person.</summary>
/// <param name="Name">What they sign in with.</param>
/// <param name="Result">created, unchanged or refused.</param>
/// <param name="Reason">Why they were refused.</param>
internal sealed record ImportResult(string Name, string Result, string? Reason);

/// <param name="Users">How many.</param>
/// <param name="Actor">Who did it; nobody by the server's own command.</param>
internal sealed record UsersImported(int Users, Guid? Actor) : IEvent
{
    public string Name => "setup.users_imported";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("users", Users)];
    public object? After { get; init; }
}
