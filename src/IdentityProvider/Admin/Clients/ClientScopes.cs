using IdentityProvider.Admin.Rights;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Clients;

/// <summary>The scopes a client may be given, as boxes: those about people, and those of APIs under the name of their API.</summary>
internal static class ClientScopes
{
    private const string Legend = "What it may ask for";

    /// <param name="db">Where scopes are.</param>
    /// <param name="chosen">Those that are ticked.</param>
    /// <param name="others">What was typed of scopes that have no box; null: there is no line for it.</param>
    /// <param name="people">Somebody signs in to the client, so there are scopes about them.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<Choices> ChoicesAsync(Store db, IReadOnlyCollection<string> chosen, string? others, bool people, CancellationToken ct)
    {
        var apis = await db.Set<Api>().AsNoTracking().ToDictionaryAsync(api => api.Id, api => api.DisplayName ?? api.Identifier, ct);
        var stored = await db.Set<Scope>().AsNoTracking().OrderBy(scope => scope.Name).ToListAsync(ct);

        // The APIs of this server are for few clients, and have more scopes than anybody reads through.
        Choice[] options =
        [
            .. StandardScopes.All.Where(scope => (people && !AdminScopes.Is(scope.Name) && scope.Name != StandardScopes.ApiKeys) || chosen.Contains(scope.Name)).Select(scope => new Choice(scope.Name, scope.Sentence, "People")),
            .. stored.Where(scope => scope.ApiId is null && (people || chosen.Contains(scope.Name))).Select(scope => new Choice(scope.Name, scope.Description, "People")),
            .. stored.Where(scope => scope.ApiId is not null).Select(scope => new Choice(scope.Name, scope.Description, apis[scope.ApiId!.Value])).OrderBy(choice => choice.Group, StringComparer.Ordinal),
        ];
        var hint = options.Length == 0 ? "There is no API with scopes yet. The client can be given some later." : null;
        return options.Length > Choices.Most
            ? Choices.Of("scope", Legend, options, chosen, "Other scopes", others)
            : new Choices("scope", Legend, options, chosen) { Hint = hint, OthersLabel = others is null ? null : "Other scopes", OthersHint = "With spaces between them, like urn:identityprovider:admin:users:read.", Others = others };
    }
}
