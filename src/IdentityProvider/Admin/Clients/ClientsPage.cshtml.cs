using System.Diagnostics.CodeAnalysis;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Clients;

/// <summary>/admin/clients: clients by client_id, or those whose name or client_id begins so.</summary>
[SignedInPage, Permission(Permission.ReadClients)]
internal sealed class ClientsPage(ConsoleUsers console, Store db) : PageModel
{
    public const string All = "/admin/clients";

    /// <summary>The page that adds one.</summary>
    public const string New = All + "/new";

    private const int Rows = 50;

    [BindProperty(SupportsGet = true, Name = "search")]
    public string? Search { get; set; }

    public IReadOnlyList<ClientRow> Clients { get; private set; } = [];
    public string? Next { get; private set; }
    public bool MayManage { get; private set; }
    public bool IsRemoved { get; private set; }

    /// <summary>The page of a client. An id that would be another page or no part of a path has a ~ before it.</summary>
    public static string PathOf(string clientId, string page = "") => $"{All}/{Uri.EscapeDataString(clientId is "new" or "." or ".." || clientId.StartsWith('~') ? "~" + clientId : clientId)}{page}";

    /// <summary>The other way round.</summary>
    public static string IdOf(string segment) => Segment.Decoded(segment.StartsWith('~') ? segment[1..] : segment);

    public async Task OnGetAsync(string? after, string? done, CancellationToken ct)
    {
        Search = Bounded(Search, 200);
        MayManage = (await console.OfAsync(HttpContext, ct)).May(Permission.ManageClients);
        IsRemoved = done is "removed";
        var found = db.Set<Client>().AsNoTracking();
        if (Bounded(after, 100) is { } last)
            found = found.Where(client => client.ClientId!.CompareTo(last) > 0);
        if (Search is { } text)
            found = Beginning(found, text);
        var rows = await found.OrderBy(client => client.ClientId).Take(Rows + 1).ToListAsync(ct);
        (Clients, Next) = ([.. rows.Take(Rows).Select(client => new ClientRow(client.ClientId!, client.DisplayName, ClientKind.Of(ClientMetadata.Of(client, new ClientMetadata()))))], rows.Count > Rows ? rows[Rows - 1].ClientId : null);
    }

    /// <summary>This list from a place on.</summary>
    public string Here(string after)
    {
        var query = new QueryBuilder();
        if (Search is not null)
            query.Add("search", Search);
        query.Add("after", after);
        return All + query;
    }

    /// <summary>Databases know few letters as the same in both cases, so the text is also taken as it is.</summary>
    [SuppressMessage("Globalization", "CA1304", Justification = "The database does it.")]
    [SuppressMessage("Globalization", "CA1311", Justification = "The database does it.")]
    [SuppressMessage("Performance", "CA1862", Justification = "The database does it.")]
    private static IQueryable<Client> Beginning(IQueryable<Client> clients, string text)
    {
        var upper = text.ToUpperInvariant();
        return clients.Where(client => client.ClientId!.ToUpper().StartsWith(upper) || client.DisplayName!.ToUpper().StartsWith(upper) || client.DisplayName!.StartsWith(text));
    }

    private static string? Bounded(string? text, int length) => RefusedForm.Clean(text) is { Length: > 0 } clean ? clean[..Math.Min(clean.Length, length)] : null;
}

/// <summary>A client in the list.</summary>
internal sealed record ClientRow(string Id, string? Name, ClientKind Kind);
