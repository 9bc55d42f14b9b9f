using IdentityProvider.Admin.Rights;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Clients;

/// <summary>/admin/clients/new: what the application is, three things about it, and the one answer that shows its secret.</summary>
[SignedInPage, FreshSignIn, Permission(Permission.ManageClients)]
internal sealed class NewClientPage(ConsoleUsers console, ClientChanges changes, Store db) : PageModel
{
    public static readonly string[] Fields = ["client_name", "client_id", "redirect_uris", "scope"];

    private static readonly (string Property, string Field, string Words)[] Labels =
        [("client_id", "client_id", "The identifier"), .. ClientForm.Labels.Where(label => Fields.Contains(label.Field))];

    /// <summary>The name of the kind; the first step chooses it.</summary>
    [BindProperty(SupportsGet = true, Name = "type")]
    public string? Type { get; set; }

    [BindProperty(Name = "client_name")]
    public string? ClientName { get; set; }

    /// <summary>Of an API only, whose id is its identifier.</summary>
    [BindProperty(Name = "client_id")]
    public string? ClientId { get; set; }

    [BindProperty(Name = "redirect_uris")]
    public string? RedirectUris { get; set; }

    [BindProperty(Name = "scope")]
    public List<string> ScopeNames { get; set; } = [];

    [BindProperty(Name = "more-scope")]
    public string? OtherScopes { get; set; }

    public ClientKind? Kind { get; private set; }
    public Choices? Scopes { get; private set; }

    /// <summary>The identifiers of APIs that might be the one.</summary>
    public IReadOnlyList<string> Apis { get; private set; } = [];

    /// <summary>Set in the answer that made it.</summary>
    public (Client Client, string Secret)? Made { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        if ((Kind = ClientKind.Find(Type)) is null)
            return;
        ScopeNames = [.. Kind.Scopes];
        await LoadAsync(Kind, ct);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (ClientKind.Find(Type) is not { } kind)
            return new SeeOtherPage(ClientsPage.New);
        Kind = kind;
        var metadata = kind.Start();
        metadata.ClientId = kind.IsApi ? RefusedForm.Clean(ClientId) : changes.NewId();
        metadata.ClientName = ClientForm.Line(ClientName);
        if (kind.HasRedirects)
            (metadata.RedirectUris, metadata.PostLogoutRedirectUris) = ([.. ClientForm.Lines(RedirectUris)], [.. kind.SignOutUris(ClientForm.Lines(RedirectUris))]);
        if (!kind.IsApi)
            metadata.Scope = string.Join(' ', ScopeNames.Concat(RefusedForm.Words(OtherScopes)).Select(RefusedForm.Clean).Distinct(StringComparer.Ordinal));
        var (client, secret, refused) = await changes.AddAsync((await console.OfAsync(HttpContext, ct)).Id, metadata, [], ct);
        if (refused is not null)
        {
            ModelState.Tell(refused, refused is ErrorResult { Error.Status: StatusCodes.Status409Conflict } ? "client_id" : "scope", Labels);
            await LoadAsync(kind, ct);
            return Page();
        }

        if (secret is null)
            return new SeeOtherPage(ClientsPage.PathOf(client!.ClientId!, "/code") + "?done=added");
        Made = (client!, secret);
        return Page();
    }

    private async Task LoadAsync(ClientKind kind, CancellationToken ct)
    {
        if (kind.IsApi)
            Apis = await db.Set<Api>().OrderBy(api => api.Identifier).Select(api => api.Identifier).Take(100).ToListAsync(ct);
        else
            Scopes = await ClientScopes.ChoicesAsync(db, ScopeNames, null, kind.HasPeople, ct);
    }
}
