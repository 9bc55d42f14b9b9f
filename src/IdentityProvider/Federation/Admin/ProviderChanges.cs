using System.Text.Json;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation.Admin;

/// <summary>An administrator adds, changes and removes providers; held against the same rules as a setup document, on this node at once.</summary>
internal sealed class ProviderChanges(Store db, UserRoles roles, ProviderSecrets secrets, ProviderCatalog catalog, EventLog events, TimeProvider clock)
{
    /// <summary>The sign-in page lists them all.</summary>
    public const int Most = 100;

    private const string Secret = "client_secret";

    public static readonly ErrorResult Missing = Refusals.Missing("provider");

    /// <summary>The version, as <c>If-Match</c> brings it back.</summary>
    public static string TagOf(UpstreamProvider row) => $"\"{row.Version:N}\"";

    /// <returns>The provider, or why there is none.</returns>
    public async Task<(UpstreamProvider? Row, IResult? Refused)> AddAsync(Guid actor, JsonElement json, CancellationToken ct)
    {
        var provider = new ProviderMetadata();
        if (await RefuseAsync(actor, provider, json, null, ct) is { } refused)
            return (null, refused);
        var taken = await db.Set<UpstreamProvider>().Select(p => p.Name).ToListAsync(ct);
        if (taken.Contains(provider.Name))
            return (null, Taken);
        if (taken.Count >= Most)
            return (null, Refusals.Conflict($"There are {Most} providers already. Remove one first."));
        var row = ProviderMetadata.NewRow(provider.Name, clock.GetUtcNow());
        provider.Apply(row, secrets, clock.GetUtcNow());
        events.Record(db, new ProviderAdministered(actor, row.Name, "added", []) { After = RowFacts.After(db.Add(row)) });
        try
        {
            await SaveAsync(row, ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return (null, Taken);
        }

        return (row, null);
    }

    /// <inheritdoc cref="AddAsync"/>
    public async Task<(UpstreamProvider? Row, IResult? Refused)> ChangeAsync(Guid actor, string name, HttpContext http, JsonElement json, CancellationToken ct)
    {
        if (await db.Set<UpstreamProvider>().FirstOrDefaultAsync(p => p.Name == name, ct) is not { } row)
            return (null, Missing);
        if (EntityTag.Stale(http, TagOf(row)) is { } stale)
            return (null, stale);
        var provider = new ProviderMetadata { Name = name };
        if (!json.TryGetProperty(Secret, out _))
            provider.ClientSecret = secrets.Open(row);
        if (await RefuseAsync(actor, provider, json, row, ct) is { } refused)
            return (null, refused);
        provider.Apply(row, secrets, clock.GetUtcNow());
        string[] changed = [.. db.Entry(row).Properties.Where(p => p.IsModified).Select(p => p.Metadata.Name)];
        if (changed.Length == 0)
            return (row, null);
        events.Record(db, new ProviderAdministered(actor, name, "changed", changed) { Before = RowFacts.Before(db.Entry(row)), After = RowFacts.After(db.Entry(row)) });
        try
        {
            await SaveAsync(row, ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return (null, Refusals.Changed);
        }

        return (row, null);
    }

    /// <summary>As <c>removed_providers</c> of a setup document: what people connected goes with it, and who it was the only way in for needs another.</summary>
    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RemoveAsync(Guid actor, string name, HttpContext http, CancellationToken ct)
    {
        if (await db.Set<UpstreamProvider>().AsNoTracking().FirstOrDefaultAsync(p => p.Name == name, ct) is not { } row)
            return Missing;
        if (EntityTag.Stale(http, TagOf(row)) is { } stale)
            return stale;
        var before = RowFacts.Before(db.Entry(row));
        if (!await events.RecordAsync(db, async () => await db.Set<UpstreamProvider>().Where(p => p.Id == row.Id && p.Version == row.Version).ExecuteDeleteAsync(ct) == 0 ? null : new ProviderAdministered(actor, name, "removed", []) { Before = before }, ct))
            return Refusals.Changed;
        await catalog.LoadAsync(ct);
        return null;
    }

    private async Task SaveAsync(UpstreamProvider row, CancellationToken ct)
    {
        row.Version = Guid.CreateVersion7();
        await db.SaveChangesAsync(ct);
        await catalog.LoadAsync(ct);
    }

    /// <summary>Fills the provider; null when it keeps all rules, those of what it was before too, and gives no more than its administrator has.</summary>
    private async Task<IResult?> RefuseAsync(Guid actor, ProviderMetadata provider, JsonElement json, UpstreamProvider? before, CancellationToken ct)
    {
        var unreadable = JsonInput.Fill(provider, json, ProviderAnswer.ReadOnly);
        var all = await db.Set<Role>().AsNoTracking().ToDictionaryAsync(role => role.Name, role => role.Permissions, ct);

        if (JsonBody.Refuse(unreadable, ProviderRules.Problems(provider, all.Keys).Concat(before is null ? [] : Kept(before, provider, json))) is { } unfit)
            return unfit;
        var held = (await roles.HeldByAsync(actor, ct)).SelectMany(role => role.Permissions).ToList();
        return provider.RoleRules.Find(rule => all[rule.Role].Exists(permission => !held.Exists(own => Permission.Implies(own, permission)))) is { } above
            ? Refusals.Forbidden($"role_rules give the role {Constraints.Shown(above.Role)}, which permits more than you may do yourself.")
            : null;
    }

    /// <summary>What may not change of a provider, or not by itself.</summary>
    private static IEnumerable<Problem> Kept(UpstreamProvider row, ProviderMetadata provider, JsonElement json)
    {
        if (provider.Name != row.Name)
            yield return new Problem("name", "is another one. A provider keeps its name.");

        // Else whoever may change a provider could have the secret sent to a server of their own, and read it there.
        if (row.ProtectedClientSecret is not null && !json.TryGetProperty(Secret, out _) && (provider.Kind != row.Kind || Differs(provider.Issuer, row.Kind == ProviderKinds.OpenIdConnect ? row.Issuer : null) || Differs(provider.TokenEndpoint, row.TokenEndpoint)))
            yield return new Problem(Secret, "is missing. Give it again when the provider has another kind, issuer or token endpoint.");
    }

    private static bool Differs(string? given, string? stored) => !string.Equals(given, stored, StringComparison.Ordinal);

    private static ErrorResult Taken => Refusals.Conflict("There is a provider of this name. Change that one.");
}

/// <param name="Actor">Who did it.</param>
/// <param name="Provider">Its name.</param>
/// <param name="What">added, changed or removed.</param>
/// <param name="Changed">Which of its properties; never what they say.</param>
internal sealed record ProviderAdministered(Guid Actor, string Provider, string What, IReadOnlyList<string> Changed) : IEvent
{
    public string Name => $"federation.provider_{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("provider", Provider), new("changed", string.Join(' ', Changed))];
    public EventTarget? Target => new("provider", Provider);
    public object? Before { get; init; }
    public object? After { get; init; }
}
