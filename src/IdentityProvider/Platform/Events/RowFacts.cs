using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace IdentityProvider.Platform.Events;

/// <summary>A row before and after a change, as the audit keeps it: what was changed, all of what is new or gone, and of a secret only that there is one.</summary>
internal static class RowFacts
{
    private static readonly string[] Secrets = ["Hash", "Stamp", "Secret", "PrivateKey"];

    public static object? Before(EntityEntry row) => row.State is EntityState.Added ? null : Facts(row, property => property.OriginalValue);

    public static object? After(EntityEntry row) => row.State is EntityState.Deleted ? null : Facts(row, property => property.CurrentValue);

    /// <summary>The names of what is changed.</summary>
    public static IEnumerable<string> Changed(EntityEntry row) =>
        row.Properties.Where(property => property.IsModified && !property.Metadata.IsConcurrencyToken).Select(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Metadata.Name)).Order(StringComparer.Ordinal);

    private static SortedDictionary<string, object?> Facts(EntityEntry row, Func<PropertyEntry, object?> value) => new(
        row.Properties.Where(property => (row.State != EntityState.Modified || property.IsModified) && !property.Metadata.IsConcurrencyToken && value(property) is not null)
            .ToDictionary(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Metadata.Name), property => Secrets.Any(property.Metadata.Name.EndsWith) ? "(sealed)" : value(property)), StringComparer.Ordinal);
}
