using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ClientRegistration;

/// <summary>A client as it is now, its secret and its token where they are new; or what is wrong; or neither: the token is none.</summary>
internal sealed record RegistrationResult(ClientMetadata? Client, DateTimeOffset CreatedAt, string? Token, IReadOnlyList<Problem> Problems)
{
    public static readonly RegistrationResult NoToken = new(null, default, null, []);

    public static RegistrationResult Broken(IReadOnlyList<Problem> problems) => new(null, default, null, problems);
}

/// <summary>Clients register and manage themselves. Tokens are 256 random bits of which the hash is stored.</summary>
internal sealed class Registrations(Store db, ScopeCatalog catalog, EventLog events, IOptions<ClientRegistrationOptions> options, TimeProvider clock)
{
    /// <summary>Stands for the secret there is, which nobody can read.</summary>
    private const string Kept = "secrets that are stored already";

    /// <summary>One transaction: the use of the token and the client, or neither. Of many at the last use one gets it.</summary>
    public async Task<RegistrationResult> RegisterAsync(string token, JsonElement json, CancellationToken ct)
    {
        var (hash, now) = (Handle.Hash(token), clock.GetUtcNow());
        var usable = db.Set<InitialAccessToken>().Where(row => row.TokenHash == hash && row.UsesLeft > 0 && row.ExpiresAt > now);
        if (await usable.Select(row => (Guid?)row.Id).FirstOrDefaultAsync(ct) is not { } initial)
            return RegistrationResult.NoToken;
        var (metadata, problems) = SelfDescription.Read(json, Guid.CreateVersion7(now).ToString("N"), Handle.Create(), await AllowedAsync(ct), DateOnly.FromDateTime(now.UtcDateTime));
        if (problems.Count > 0)
            return RegistrationResult.Broken(problems);

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await usable.ExecuteUpdateAsync(set => set.SetProperty(row => row.UsesLeft, row => row.UsesLeft - 1), ct) == 0)
            return RegistrationResult.NoToken;
        var client = new Client { Id = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now };
        metadata.Apply(client);
        metadata.ApplySecret(client, now);
        var own = Handle.Create();
        db.Add(client);
        db.Add(new RegisteredClient { ClientId = client.Id, TokenHash = Handle.Hash(own), InitialTokenId = initial, CreatedAt = now, UpdatedAt = now });
        events.Record(db, new ClientRegistered(metadata.ClientId, initial, "registered"));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return new RegistrationResult(metadata, now, own, []);
    }

    public async Task<RegistrationResult> ReadAsync(string clientId, string token, CancellationToken ct)
    {
        if (await FindAsync(clientId, token, ct) is not { } client)
            return RegistrationResult.NoToken;
        return new RegistrationResult(ClientMetadata.Of(client, new ClientMetadata()), client.CreatedAt, null, []);
    }

    /// <summary>Replaces all that the client says of itself (RFC 7592 section 2.2). Of two at once with the same token one is refused.</summary>
    public async Task<RegistrationResult> ChangeAsync(string clientId, string token, JsonElement json, CancellationToken ct)
    {
        if (await FindAsync(clientId, token, ct) is not { } client)
            return RegistrationResult.NoToken;
        var now = clock.GetUtcNow();
        var made = client.Secrets.Count == 0 ? Handle.Create() : null;
        var (metadata, read) = SelfDescription.Read(json, clientId, made ?? Kept, await AllowedAsync(ct), DateOnly.FromDateTime(now.UtcDateTime));
        List<Problem> problems = [.. read];
        if (!json.TryGetProperty("client_id", out var id) || id.ValueKind != JsonValueKind.String || id.GetString() != clientId)
            problems.Add(new("client_id", "is not the one of the address. Send it with all the rest."));
        if (json.TryGetProperty("client_secret", out var secret) && (secret.ValueKind != JsonValueKind.String || !client.Secrets.Exists(row => Handle.Matches(secret.GetString()!, row.Hash))))
            problems.Add(new("client_secret", "is not the one that is known. Leave it out."));
        if (problems.Count > 0)
            return RegistrationResult.Broken(problems);

        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (before, own) = (Handle.Hash(token), Handle.Create());
        var after = Handle.Hash(own);
        if (await db.Set<RegisteredClient>().Where(row => row.ClientId == client.Id && row.TokenHash == before)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.TokenHash, after).SetProperty(row => row.UpdatedAt, now), ct) == 0)
            return RegistrationResult.NoToken;
        metadata.Apply(client);
        if (metadata.ClientSecret is null || made is not null)
            metadata.ApplySecret(client, now);
        (client.UpdatedAt, client.ConcurrencyToken) = (now, Guid.CreateVersion7().ToString());
        events.Record(db, new ClientRegistered(clientId, null, "changed"));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        if (metadata.ClientSecret == Kept)
            metadata.ClientSecret = null;
        return new RegistrationResult(metadata, client.CreatedAt, own, []);
    }

    /// <summary>With everything it was given.</summary>
    /// <returns>False where the token is none of the client.</returns>
    public async Task<bool> RemoveAsync(string clientId, string token, CancellationToken ct)
    {
        if (await FindAsync(clientId, token, ct) is not { } client)
            return false;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (!await db.RemoveClientAsync(client, ct))
            return false;
        events.Record(db, new ClientRegistered(clientId, null, "removed"));
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private async Task<Client?> FindAsync(string clientId, string token, CancellationToken ct)
    {
        if (clientId.Length > 100 || clientId.Any(char.IsControl))
            return null;
        var hash = Handle.Hash(token);
        return await db.Set<Client>().Include(client => client.Secrets)
            .FirstOrDefaultAsync(client => client.ClientId == clientId && db.Set<RegisteredClient>().Any(row => row.ClientId == client.Id && row.TokenHash == hash), ct);
    }

    /// <summary>What is configured, of what there is, and nothing of our own API.</summary>
    private async Task<IReadOnlyCollection<string>> AllowedAsync(CancellationToken ct)
    {
        var snapshot = await catalog.GetAsync(ct);
        return [.. options.Value.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(scope => snapshot.Scopes.ContainsKey(scope) && scope != StandardScopes.ApiKeys && !AdminScopes.Is(scope)).Distinct(StringComparer.Ordinal)];
    }
}

/// <param name="Client">Its client_id.</param>
/// <param name="InitialToken">With what it registered.</param>
/// <param name="What">registered, changed or removed.</param>
internal sealed record ClientRegistered(string Client, Guid? InitialToken, string What) : IEvent
{
    public string Name => $"client_registration.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("client", Client), new("token", InitialToken)];
}
