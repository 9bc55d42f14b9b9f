using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Setup;

/// <summary>Brings the rows of APIs and of all scopes to what the document says. A scope that moves to another API stays the same row.</summary>
internal static class ApiRows
{
    public static async Task<IEnumerable<SetupCounts>> ApplyAsync(Store db, SetupDocument document, CancellationToken ct)
    {
        var (apiTally, scopeTally) = (new SetupTally("apis"), new SetupTally("scopes"));
        var identifiers = document.Apis.Select(api => api.Identifier).ToArray();
        var apis = await db.Set<Api>().Where(api => identifiers.Contains(api.Identifier)).ToDictionaryAsync(api => api.Identifier, ct);
        var apiIds = apis.Values.Select(api => (Guid?)api.Id).ToArray();
        var names = document.Apis.SelectMany(api => api.Scopes).Select(scope => scope.Name).Concat(document.Scopes.Select(scope => scope.Name)).ToArray();
        var scopes = await db.Set<Scope>().Where(scope => names.Contains(scope.Name) || apiIds.Contains(scope.ApiId)).ToDictionaryAsync(scope => scope.Name, ct);

        foreach (var entry in document.Apis)
        {
            var isNew = !apis.TryGetValue(entry.Identifier, out var row);
            if (row is null)
                db.Add(row = new Api { Identifier = entry.Identifier });
            row.DisplayName = entry.DisplayName;
            if (!row.Roles.SequenceEqual(entry.Roles))
                row.Roles = [.. entry.Roles];
            var gone = scopes.Values.Where(scope => scope.ApiId == row.Id && !names.Contains(scope.Name)).ToList();
            db.RemoveRange(gone);
            apiTally.Count(entry.Identifier, isNew, gone.Count > 0 || db.Entry(row).State == EntityState.Modified, db.Entry(row), gone.Count > 0 ? ["scopes"] : []);
            gone.ForEach(scope => scopeTally.Removed(scope.Name));
            foreach (var scope in entry.Scopes)
                Apply(db, scopes, scopeTally, scope.Name, scope.Description, row.Id, [], scope.Permissions);
        }

        foreach (var entry in document.Scopes)
            Apply(db, scopes, scopeTally, entry.Name, entry.Description, null, entry.Claims, []);
        return [apiTally.Result, scopeTally.Result];
    }

    private static void Apply(Store db, Dictionary<string, Scope> rows, SetupTally tally, string name, string? description, Guid? apiId, List<string> claims, List<string> permissions)
    {
        var isNew = !rows.TryGetValue(name, out var row);
        if (row is null)
            db.Add(row = new Scope { Name = name });
        row.Description = description;
        row.ApiId = apiId;
        if (!row.Claims.SequenceEqual(claims))
            row.Claims = [.. claims];
        if (!row.Permissions.SequenceEqual(permissions))
            row.Permissions = [.. permissions];
        tally.Count(name, isNew, db.Entry(row).State == EntityState.Modified, db.Entry(row));
    }
}
