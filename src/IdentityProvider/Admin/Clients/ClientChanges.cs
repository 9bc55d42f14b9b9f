using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Clients;

/// <summary>
/// An administrator registers, changes and removes clients, held against the same rules as a setup document. A client that may ask for the admin
/// API acts with the rights of whoever signs in to it, one of a service account with those of the account: only who holds them makes or changes such a one.
/// </summary>
internal sealed class ClientChanges(Store db, HeldByCaller held, UserRoles roles, EventLog events, TimeProvider clock)
{
    /// <summary>Stands for the secrets there are, which nobody can read.</summary>
    private const string Kept = "secrets that are stored already";

    public static string TagOf(Client client) => $"\"{client.ConcurrencyToken}\"";

    /// <returns>The client and its secret, where the server made one; or why there is none.</returns>
    public async Task<(Client? Client, string? Secret, IResult? Refused)> AddAsync(Guid actor, HttpContext http, CancellationToken ct)
    {
        var metadata = new ClientMetadata();
        var (json, refused) = await JsonBody.ReadAsync(http, ct);
        if (refused is not null)
            return (null, null, refused);
        var unreadable = JsonInput.Fill(metadata, json, ClientAnswer.Told);
        if (metadata.ClientId.Length == 0 && !json.TryGetProperty("client_id", out _))
            metadata.ClientId = NewId();
        return await AddAsync(actor, metadata, unreadable, ct);
    }

    /// <summary>An id for whom none is chosen.</summary>
    public string NewId() => Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");

    /// <inheritdoc cref="AddAsync(Guid, HttpContext, CancellationToken)"/>
    public async Task<(Client? Client, string? Secret, IResult? Refused)> AddAsync(Guid actor, ClientMetadata metadata, IReadOnlyCollection<Problem> unreadable, CancellationToken ct)
    {
        var made = NeedsSecret(metadata) && metadata.ClientSecret is null ? metadata.ClientSecret = Handle.Create() : null;
        if (await RefuseAsync(actor, metadata, null, unreadable, ct) is { } unfit)
            return (null, null, unfit);
        if (await db.Set<Client>().AnyAsync(row => row.ClientId == metadata.ClientId, ct))
            return (null, null, Taken);
        var now = clock.GetUtcNow();
        var client = new Client { CreatedAt = now, UpdatedAt = now };
        metadata.Apply(client);
        metadata.ApplySecret(client, now);
        events.Record(db, new ClientAdministered(actor, metadata.ClientId, "created", "") { After = RowFacts.After(db.Add(client)) });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return (null, null, Taken);
        }

        return (client, made, null);
    }

    /// <inheritdoc cref="AddAsync(Guid, HttpContext, CancellationToken)"/>
    public async Task<(Client? Client, string? Secret, IResult? Refused)> ChangeAsync(Guid actor, string clientId, HttpContext http, CancellationToken ct)
    {
        var metadata = new ClientMetadata { ClientId = clientId };
        var (json, refused) = await JsonBody.ReadAsync(http, ct);
        return refused is null ? await ChangeAsync(actor, clientId, metadata, JsonInput.Fill(metadata, json, ClientAnswer.Told), EntityTag.SeenBy(http), ct) : (null, null, refused);
    }

    /// <inheritdoc cref="AddAsync(Guid, HttpContext, CancellationToken)"/>
    public async Task<(Client? Client, string? Secret, IResult? Refused)> ChangeAsync(
        Guid actor, string clientId, ClientMetadata metadata, IReadOnlyCollection<Problem> unread, Func<string, IResult?> stale, CancellationToken ct)
    {
        if (await FindAsync(db, clientId, ct) is not { } client)
            return (null, null, Refusals.Missing("client"));
        if (stale(TagOf(client)) is { } lost)
            return (null, null, lost);
        List<Problem> unreadable = [.. unread];
        if (metadata.ClientId != clientId)
            unreadable.Add(new("client_id", "is another one. A client keeps its id; leave it out."));
        if (metadata.ClientSecret is not null)
            unreadable.Add(new("client_secret", "is not changed here. Add one at the client's secrets, and remove the old one."));
        string? made = null;
        if (NeedsSecret(metadata))
            metadata.ClientSecret = client.Secrets.Count > 0 ? Kept : made = Handle.Create();
        if (await RefuseAsync(actor, metadata, client, unreadable, ct) is { } unfit)
            return (null, null, unfit);
        var now = clock.GetUtcNow();
        metadata.Apply(client);
        if (made is not null || !NeedsSecret(metadata))
            metadata.ApplySecret(client, now);
        string[] changed = [.. db.Entry(client).Properties.Where(property => property.IsModified).Select(property => property.Metadata.Name)];
        if (changed.Length == 0 && made is null)
            return (client, null, null);
        var row = db.Entry(client);
        if (await SaveAsync(client, now, new ClientAdministered(actor, clientId, "changed", string.Join(' ', changed)) { Before = RowFacts.Before(row), After = RowFacts.After(row) }, ct) is { } faster)
            return (null, null, faster);
        return (client, made, null);
    }

    /// <summary>With everything it was given: its grants and tokens end, what people allowed it is forgotten.</summary>
    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RemoveAsync(Guid actor, string clientId, Func<string, IResult?> stale, CancellationToken ct)
    {
        if (await FindAsync(db, clientId, ct) is not { } client)
            return Refusals.Missing("client");
        if ((stale(TagOf(client)) ?? await AboveAsync(actor, client, null, ct)) is { } refused)
            return refused;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (!await db.RemoveClientAsync(client, ct))
                return Refusals.Changed;
            events.Record(db, new ClientAdministered(actor, clientId, "removed", "") { Before = RowFacts.Before(db.Entry(client)) });
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        return null;
    }

    public static async Task<Client?> FindAsync(Store db, string clientId, CancellationToken ct) =>
        clientId.Any(char.IsControl) ? null : await db.Set<Client>().Include(client => client.Secrets).FirstOrDefaultAsync(client => client.ClientId == clientId, ct);

    /// <summary>Writes a client or its secrets, unless somebody was faster.</summary>
    public async Task<IResult?> SaveAsync(Client client, DateTimeOffset now, ClientAdministered news, CancellationToken ct)
    {
        events.Record(db, news);
        (client.UpdatedAt, client.ConcurrencyToken) = (now, Guid.CreateVersion7().ToString());
        try
        {
            await db.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Refusals.Changed;
        }
    }

    /// <summary>Null when the actor holds everything that the client's scopes of the admin API, now and then, stand for, and what its service accounts hold.</summary>
    public async Task<IResult?> AboveAsync(Guid actor, Client? before, ClientMetadata? after, CancellationToken ct)
    {
        var scopes = (before?.Scope.Split(' ') ?? []).Concat(after?.ScopeNames ?? []).Distinct(StringComparer.Ordinal);
        var wanted = scopes.SelectMany(scope => scope switch
        {
            StandardScopes.Administration => SeededRoles.Permissions[SeededRoles.Admin],
            _ when AdminScopes.IsArea(scope) => SeededRoles.Permissions[SeededRoles.Admin].Where(permission => AdminScopes.For(permission).Contains(scope)),
            _ => [],
        }).ToList();
        foreach (var name in new[] { before?.ServiceAccount, after?.ServiceAccount }.OfType<string>().Select(UserNames.Normalize).Distinct())
            if (await db.Set<User>().Where(user => user.NormalizedUserName == name && user.ServiceSince != null).Select(user => (Guid?)user.Id).FirstOrDefaultAsync(ct) is { } account)
                wanted.AddRange((await roles.HeldByAsync(account, ct)).SelectMany(role => role.Permissions));
        return wanted.Count == 0 ? null : (await held.OfAsync(actor, ct)).Refuse(wanted);
    }

    private async Task<IResult?> RefuseAsync(Guid actor, ClientMetadata metadata, Client? before, IReadOnlyCollection<Problem> unreadable, CancellationToken ct)
    {
        var names = (await db.Set<Scope>().Select(scope => scope.Name).ToListAsync(ct)).Concat(ScopeNames.BuiltIn).ToHashSet(StringComparer.Ordinal);
        var providers = await db.Set<UpstreamProvider>().Select(provider => provider.Name).ToHashSetAsync(StringComparer.Ordinal, ct);
        var broken = metadata.Validate()
            .Concat(metadata.ScopeNames.Take(50).Where(name => !names.Contains(name)).Select(name => new Problem("scope", $"\"{Constraints.Shown(name)}\" is no scope.{NearestName.Question(name, names)}")))
            .Concat(metadata.Providers.Where(name => !providers.Contains(name)).Select(name => new Problem("providers", $"\"{Constraints.Shown(name)}\" is no provider.{NearestName.Question(name, providers)}")));
        if (metadata.ServiceAccount is { Length: > 0 and <= 100 } account && UserNames.Normalize(account) is var normalized && !await db.Set<User>().AnyAsync(user => user.NormalizedUserName == normalized && user.ServiceSince != null, ct))
            broken = broken.Append(new Problem("service_account", $"\"{Constraints.Shown(account)}\" is no service account."));
        return JsonBody.Refuse(unreadable, broken) ?? await AboveAsync(actor, before, metadata, ct);
    }

    private static bool NeedsSecret(ClientMetadata metadata) => metadata.TokenEndpointAuthMethod is "client_secret_basic" or "client_secret_post";

    private static ErrorResult Taken => Refusals.Conflict("There is a client of this client_id. Change that one.");
}

/// <param name="Actor">Who did it.</param>
/// <param name="Client">Its client_id.</param>
/// <param name="What">created, changed, removed, secret_added or secret_removed.</param>
/// <param name="Changed">Which of its facts; never what they say.</param>
internal sealed record ClientAdministered(Guid Actor, string Client, string What, string Changed) : IEvent
{
    public string Name => $"clients.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("client", Client), new("changed", Changed)];
    public EventTarget? Target => new("client", Client);
    public object? Before { get; init; }
    public object? After { get; init; }
}
