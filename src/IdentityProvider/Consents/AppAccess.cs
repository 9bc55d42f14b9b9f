using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Consents;

/// <summary>An app that may use an account.</summary>
internal sealed record AppRow(Guid Id, string Name, string? Uri, string? Logo, IReadOnlyList<string> Sentences, DateTimeOffset Since, DateTimeOffset? LastUsed);

/// <summary>
/// Reads what a person allowed, and what came of it: apps that were never asked about (first-party) count too as long as
/// something they were given is alive.
/// </summary>
internal sealed class AppAccess(Store db, ScopeCatalog catalog)
{
    private const int Most = 500;

    public async Task<IReadOnlyList<AppRow>> OfAsync(Guid userId, CancellationToken ct)
    {
        var consents = await db.Set<Consent>().AsNoTracking().Where(c => c.UserId == userId).OrderByDescending(c => c.GrantedAt).Take(Most).ToDictionaryAsync(c => c.ClientId, ct);
        var grants = (await db.Set<Grant>().AsNoTracking()
            .Where(g => g.UserId == userId && g.Status == Statuses.Valid && g.Application != null)
            .OrderByDescending(g => g.CreationDate).Take(Most)
            .Select(g => new { Client = g.Application!.Id, g.CreationDate, g.Scopes, LastToken = g.Tokens.Max(t => t.CreationDate) })
            .ToListAsync(ct)).ToLookup(g => g.Client);

        var ids = consents.Keys.Union(grants.Select(g => g.Key)).ToList();
        var clients = await db.Set<Client>().AsNoTracking().Where(c => ids.Contains(c.Id))
            .Select(c => new { c.Id, Name = c.DisplayName ?? c.ClientId!, c.ClientUri, c.LogoUri }).ToListAsync(ct);
        var scopes = await catalog.GetAsync(ct);
        var rows = from client in clients
                   let consent = consents.GetValueOrDefault(client.Id)
                   let uses = grants[client.Id]
                   let allowed = (consent?.Scopes ?? []).Union(uses.SelectMany(g => JsonSerializer.Deserialize<string[]>(g.Scopes ?? "[]")!))
                   let first = Utc(uses.Min(g => g.CreationDate))
                   let last = Utc(uses.Max(g => g.LastToken ?? g.CreationDate))
                   orderby last ?? consent?.GrantedAt descending
                   select new AppRow(client.Id, client.Name, client.ClientUri, client.LogoUri, [.. scopes.Find(allowed).Select(s => s.Sentence)], consent?.GrantedAt ?? first!.Value, last);
        return [.. rows];
    }

    /// <summary>The engine's columns are UTC without saying so.</summary>
    private static DateTimeOffset? Utc(DateTime? time) => time is { } value ? new DateTimeOffset(DateTime.SpecifyKind(value, DateTimeKind.Utc)) : null;
}
