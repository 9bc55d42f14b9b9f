using System.ComponentModel.DataAnnotations;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Admin.Clients;

/// <summary>A new secret as a caller wishes it.</summary>
internal sealed class SecretInput
{
    /// <summary>Seconds until it ends; without: never.</summary>
    [Range(3600, 315_360_000)]
    public int? ExpiresIn { get; set; }

    /// <summary>Seconds for which the secrets there are work on; without: as long as they would.</summary>
    [Range(0, 7_776_000)]
    public int? Overlap { get; set; }
}

/// <summary>A secret by its id and times. <c>client_secret</c> is there once: in the answer that made it.</summary>
internal sealed record SecretAnswer(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? ClientSecret { get; init; }

    public static SecretAnswer Of(ClientSecret secret) => new(secret.Id, secret.CreatedAt, secret.ExpiresAt);
}

internal sealed record SecretList(IReadOnlyList<SecretAnswer> Secrets);

/// <summary>Secrets are made by the server, stored hashed, and replaced without an outage: several work at once.</summary>
internal sealed class SecretChanges(Store db, ClientChanges clients, TimeProvider clock)
{
    private const int Most = 10;

    public async Task<(SecretAnswer? Secret, IResult? Refused)> AddAsync(Guid actor, string clientId, HttpContext http, CancellationToken ct)
    {
        var input = new SecretInput();
        return await JsonBody.FillAsync(http, input, () => [], ct) is { } unfit ? (null, unfit) : await AddAsync(actor, clientId, input, ct);
    }

    public async Task<(SecretAnswer? Secret, IResult? Refused)> AddAsync(Guid actor, string clientId, SecretInput input, CancellationToken ct)
    {
        if (await ClientChanges.FindAsync(db, clientId, ct) is not { } client)
            return (null, Refusals.Missing("client"));
        if (await clients.AboveAsync(actor, client, null, ct) is { } above)
            return (null, above);
        if (client.TokenEndpointAuthMethod is not ("client_secret_basic" or "client_secret_post"))
            return (null, Refusals.Conflict($"The client proves itself by {client.TokenEndpointAuthMethod} and has no secrets. Change its token_endpoint_auth_method first."));
        var now = clock.GetUtcNow();
        if (client.Secrets.Count(secret => secret.ExpiresAt is null || secret.ExpiresAt > now) >= Most)
            return (null, Refusals.Conflict($"The client has {Most} secrets already. Remove one first."));
        var value = Handle.Create();
        var added = new ClientSecret { Hash = Handle.Hash(value), CreatedAt = now, ExpiresAt = input.ExpiresIn is { } seconds ? now.AddSeconds(seconds) : null };
        if (input.Overlap is { } overlap)
            foreach (var old in client.Secrets.Where(old => old.ExpiresAt is null || old.ExpiresAt > now.AddSeconds(overlap)))
                old.ExpiresAt = now.AddSeconds(overlap);
        client.Secrets.Add(added);

        // It has its id from here on.
        db.ChangeTracker.DetectChanges();
        if (await clients.SaveAsync(client, now, new ClientAdministered(actor, clientId, "secret_added", added.Id.ToString()), ct) is { } lost)
            return (null, lost);
        return (SecretAnswer.Of(added) with { ClientSecret = value }, null);
    }

    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RemoveAsync(Guid actor, string clientId, Guid id, CancellationToken ct)
    {
        if (await ClientChanges.FindAsync(db, clientId, ct) is not { } client || client.Secrets.Find(secret => secret.Id == id) is not { } gone)
            return Refusals.Missing("client, or secret of it");
        if (await clients.AboveAsync(actor, client, null, ct) is { } above)
            return above;
        var now = clock.GetUtcNow();
        if (!client.Secrets.Exists(other => other != gone && (other.ExpiresAt is null || other.ExpiresAt > now)))
            return Refusals.Conflict("It is the last secret that works. Add another one first.");
        client.Secrets.Remove(gone);
        if (await clients.SaveAsync(client, now, new ClientAdministered(actor, clientId, "secret_removed", id.ToString()), ct) is { } lost)
            return lost;
        return null;
    }
}
