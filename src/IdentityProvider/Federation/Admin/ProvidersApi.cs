using System.Security.Claims;
using System.Text.Json.Nodes;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation.Admin;

/// <summary>
/// Providers in the admin API, in the words of the setup document. Secrets go in and never come out. A change names the version it was made
/// from (<c>If-Match</c>, RFC 9110 section 13.1.1), so that nobody undoes what they have not seen.
/// </summary>
internal static class ProvidersApi
{
    private const string All = Routes.AdminApi + "/providers", One = All + "/{name}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(All, ListAsync).ForAdministrators(Permission.ReadProviders).Answers(typeof(ProviderList));
        routes.MapGet(One, FindAsync).ForAdministrators(Permission.ReadProviders).Answers(typeof(ProviderMetadata));
        routes.MapPost(All, AddAsync).ForAdministrators(Permission.ManageProviders).Takes(typeof(ProviderMetadata)).Answers(typeof(ProviderMetadata), StatusCodes.Status201Created);
        routes.MapPut(One, ChangeAsync).ForAdministrators(Permission.ManageProviders).Takes(typeof(ProviderMetadata), needsTag: true).Answers(typeof(ProviderMetadata));
        routes.MapDelete(One, RemoveAsync).ForAdministrators(Permission.ManageProviders).Takes(null, needsTag: true).AnswersNothing();
    }

    /// <summary>All providers, at most 100, by name.</summary>
    private static async Task<IResult> ListAsync(Store db, ProviderAnswer answer, CancellationToken ct) =>
        Results.Json(new ProviderList((await db.Set<UpstreamProvider>().AsNoTracking().OrderBy(p => p.Name).ToListAsync(ct)).ConvertAll(answer.Of)));

    /// <summary>One provider, with an <c>ETag</c>.</summary>
    private static async Task<IResult> FindAsync(string name, HttpContext http, Store db, ProviderAnswer answer, CancellationToken ct) =>
        await db.Set<UpstreamProvider>().AsNoTracking().FirstOrDefaultAsync(p => p.Name == name, ct) is { } row ? Show(http, row, answer) : ProviderChanges.Missing;

    /// <summary>
    /// Adds a provider. 403 for <c>role_rules</c> that give what the caller does not hold, 409 for a
    /// name that is taken or when there are 100 already.
    /// </summary>
    private static async Task<IResult> AddAsync(HttpContext http, ProviderChanges changes, ProviderAnswer answer, CancellationToken ct)
    {
        var (json, refused) = await JsonBody.ReadAsync(http, ct);
        if (refused is not null)
            return refused;
        var (row, problem) = await changes.AddAsync(ActorOf(http.User), json, ct);
        return row is null ? problem! : Show(http, row, answer, $"{All}/{row.Name}");
    }

    /// <summary>
    /// Changes all of a provider; what is left out has its default, but for <c>client_secret</c>, which stays as it is
    /// (null removes it). 200. As POST, and 404, 412 when another was faster, 428 without <c>If-Match</c>.
    /// </summary>
    private static async Task<IResult> ChangeAsync(string name, HttpContext http, ProviderChanges changes, ProviderAnswer answer, CancellationToken ct)
    {
        var (json, refused) = await JsonBody.ReadAsync(http, ct);
        if (refused is not null)
            return refused;
        var (row, problem) = await changes.ChangeAsync(ActorOf(http.User), name, http, json, ct);
        return row is null ? problem! : Show(http, row, answer);
    }

    /// <summary>Removes a provider with all that people connected and the roles that followed.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, ProviderChanges changes, CancellationToken ct) =>
        await changes.RemoveAsync(ActorOf(http.User), name, http, ct) ?? Results.NoContent();

    private static IResult Show(HttpContext http, UpstreamProvider row, ProviderAnswer answer, string? location = null) => EntityTag.Show(http, answer.Of(row), ProviderChanges.TagOf(row), location);

    private static Guid ActorOf(ClaimsPrincipal token) => BearerTokens.PersonOf(token)!.Value;
}

/// <summary>All providers, in the words of the setup document.</summary>
internal sealed record ProviderList(IReadOnlyList<JsonObject> Providers);
