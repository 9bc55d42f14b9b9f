using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Apis;

/// <summary>An administrator adds, changes and removes APIs with their scopes, and identity scopes; under the rules of a setup document.</summary>
internal sealed class ApiChanges(Store db, EventLog events)
{
    public static string TagOf(Api api) => EntityTag.Of(
        [api.Identifier, api.DisplayName ?? ""], api.Roles, api.Scopes.OrderBy(scope => scope.Name, StringComparer.Ordinal).SelectMany(scope => (string[])[scope.Name, scope.Description ?? "", string.Join(' ', scope.Permissions)]));

    public static string TagOf(Scope scope) => EntityTag.Of([scope.Name, scope.Description ?? ""], scope.Claims);

    public static async Task<Api?> FindAsync(IQueryable<Api> apis, string identifier, CancellationToken ct) =>
        identifier.Any(char.IsControl) ? null : await apis.Include(api => api.Scopes).FirstOrDefaultAsync(api => api.Identifier == identifier, ct);

    /// <summary>Those of no API.</summary>
    public static async Task<Scope?> FindAsync(IQueryable<Scope> scopes, string name, CancellationToken ct) =>
        name.Any(char.IsControl) ? null : await scopes.FirstOrDefaultAsync(scope => scope.Name == name && scope.ApiId == null, ct);

    /// <param name="actor">Who does it.</param>
    /// <param name="identifier">Which one is changed; null for a new one.</param>
    /// <param name="http">The request.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(Api? Api, IResult? Refused)> WriteAsync(Guid actor, string? identifier, HttpContext http, CancellationToken ct)
    {
        var input = new ApiMetadata { Identifier = identifier ?? "" };
        var roles = await db.Set<Role>().Select(role => role.Name).ToHashSetAsync(StringComparer.Ordinal, ct);
        if (await JsonBody.FillAsync(http, input, () => [.. ApiRules.Problems(input, roles), .. Kept("identifier", input.Identifier, identifier)], ct) is { } unfit)
            return (null, unfit);
        var api = await FindAsync(db.Set<Api>(), input.Identifier, ct);
        if (identifier is null ? api is not null : api is null)
            return (null, identifier is null ? Refusals.Conflict("There is an API of this identifier. Change that one.") : Refusals.Missing("API"));
        if (api is not null && EntityTag.Stale(http, TagOf(api)) is { } stale)
            return (null, stale);
        var before = api is null ? null : FactsOf(api);
        if (api is null)
            db.Add(api = new Api { Identifier = input.Identifier });
        var names = input.Scopes.ConvertAll(scope => scope.Name);
        if (await db.Set<Scope>().AsNoTracking().FirstOrDefaultAsync(scope => names.Contains(scope.Name) && scope.ApiId != api.Id, ct) is { } foreign)
            return (null, Refusals.Conflict($"The scope \"{Constraints.Shown(foreign.Name)}\" is already another API's, or an identity scope. Choose another name."));

        (api.DisplayName, api.Roles) = (input.DisplayName, [.. input.Roles]);
        api.Scopes.RemoveAll(scope => !names.Contains(scope.Name));
        foreach (var wanted in input.Scopes)
        {
            var scope = api.Scopes.Find(row => row.Name == wanted.Name);
            if (scope is null)
                api.Scopes.Add(scope = new Scope { Name = wanted.Name });
            (scope.Description, scope.Permissions) = (wanted.Description, [.. wanted.Permissions]);
        }

        return await SaveAsync(new ApiAdministered(actor, "api", api.Identifier, identifier is null ? "created" : "changed") { Before = before, After = FactsOf(api) }, ct) is { } lost ? (null, lost) : (api, null);
    }

    /// <summary>With its scopes. Tokens made for it live on until they die.</summary>
    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RemoveApiAsync(Guid actor, string identifier, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db.Set<Api>(), identifier, ct) is not { } api)
            return Refusals.Missing("API");
        if (EntityTag.Stale(http, TagOf(api)) is { } stale)
            return stale;
        db.Remove(api);
        return await SaveAsync(new ApiAdministered(actor, "api", identifier, "removed") { Before = FactsOf(api) }, ct);
    }

    /// <param name="actor">Who does it.</param>
    /// <param name="name">Which one is changed; null for a new one.</param>
    /// <param name="http">The request.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<(Scope? Scope, IResult? Refused)> WriteScopeAsync(Guid actor, string? name, HttpContext http, CancellationToken ct)
    {
        var input = new IdentityScopeMetadata { Name = name ?? "" };
        if (await JsonBody.FillAsync(http, input, () => [.. ApiRules.Problems(input), .. Kept("name", input.Name, name)], ct) is { } unfit)
            return (null, unfit);
        var scope = await db.Set<Scope>().FirstOrDefaultAsync(row => row.Name == input.Name, ct);
        if (name is null && scope is not null)
            return (null, Refusals.Conflict("There is a scope of this name. Choose another, or change that one."));
        if (name is not null && scope is not { ApiId: null })
            return (null, Refusals.Missing("identity scope"));
        if (scope is not null && EntityTag.Stale(http, TagOf(scope)) is { } stale)
            return (null, stale);
        if (scope is null)
            db.Add(scope = new Scope { Name = input.Name });
        (scope.Description, scope.Claims) = (input.Description, [.. input.Claims.Distinct()]);
        var row = db.Entry(scope);
        return await SaveAsync(new ApiAdministered(actor, "scope", scope.Name, name is null ? "created" : "changed") { Before = RowFacts.Before(row), After = RowFacts.After(row) }, ct) is { } lost ? (null, lost) : (scope, null);
    }

    /// <returns>Null when it is done.</returns>
    public async Task<IResult?> RemoveScopeAsync(Guid actor, string name, HttpContext http, CancellationToken ct)
    {
        if (await FindAsync(db.Set<Scope>(), name, ct) is not { } scope)
            return Refusals.Missing("identity scope");
        if (EntityTag.Stale(http, TagOf(scope)) is { } stale)
            return stale;
        return await SaveAsync(new ApiAdministered(actor, "scope", name, "removed") { Before = RowFacts.Before(db.Remove(scope)) }, ct);
    }

    /// <summary>An API with its scopes, as the audit keeps it.</summary>
    private static object FactsOf(Api api) => new { api.DisplayName, Roles = api.Roles.ToArray(), Scopes = api.Scopes.Select(scope => new { scope.Name, scope.Description, Permissions = scope.Permissions.ToArray() }).ToArray() };

    private async Task<IResult?> SaveAsync(ApiAdministered news, CancellationToken ct)
    {
        events.Record(db, news);
        try
        {
            await db.SaveChangesAsync(ct);
            return null;
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation())
        {
            db.ChangeTracker.Clear();
            return Refusals.Conflict("Something else changed it at the same moment, or took the name. Read it again.");
        }
    }

    private static IEnumerable<Problem> Kept(string property, string given, string? stored)
    {
        if (stored is not null && given != stored)
            yield return new(property, "is another one. It stays; leave it out.");
    }
}

/// <param name="Actor">Who did it.</param>
/// <param name="Kind">api or scope.</param>
/// <param name="Which">Its identifier or name.</param>
/// <param name="What">created, changed or removed.</param>
internal sealed record ApiAdministered(Guid Actor, string Kind, string Which, string What) : IEvent
{
    public string Name => $"{Kind}s.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new(Kind, Which)];
    public EventTarget? Target => new(Kind, Which);
    public object? Before { get; init; }
    public object? After { get; init; }
}
