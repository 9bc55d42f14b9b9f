using IdentityProvider.Admin.Rights;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Clients;

/// <summary>/admin/clients/{id}/settings: all that is registered of a client. A new way to prove itself may make a secret, so the sign-in is a fresh one.</summary>
[SignedInPage, FreshSignIn, Permission(Permission.ManageClients)]
internal sealed class EditClientPage(ConsoleUsers console, ClientChanges changes, Store db) : PageModel
{
    /// <summary>The grants there are, and what each is for.</summary>
    private static readonly Choice[] Grants =
    [
        new("authorization_code", "people sign in in a browser"), new("refresh_token", "it stays signed in"), new("client_credentials", "it acts for itself"),
        new("urn:ietf:params:oauth:grant-type:device_code", "people sign in on another device"), new("urn:ietf:params:oauth:grant-type:token-exchange", "it goes on to other APIs for them"),
    ];

    [BindProperty]
    public ClientForm Form { get; set; } = new();

    /// <summary>The state that the form was made from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    public Client Client { get; private set; } = null!;
    public Choices GrantTypes { get; private set; } = null!;
    public Choices Scopes { get; private set; } = null!;
    public Choices Providers { get; private set; } = null!;

    /// <summary>Set in the answer that made one.</summary>
    public string? Secret { get; private set; }

    /// <summary>What was typed while somebody else saved.</summary>
    public IReadOnlyList<(string Name, string Value)> Unsaved { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(string id, CancellationToken ct) => ShowAsync(ClientsPage.IdOf(id), null, ct);

    public async Task<IActionResult> OnPostAsync(string id, CancellationToken ct)
    {
        var clientId = ClientsPage.IdOf(id);
        if (await db.Set<Client>().AsNoTracking().FirstOrDefaultAsync(row => row.ClientId == clientId, ct) is not { } known)
            return NotFound();
        var (metadata, unreadable) = Form.Read(ClientMetadata.Of(known, new ClientMetadata()));
        var (client, secret, refused) = await changes.ChangeAsync((await console.OfAsync(HttpContext, ct)).Id, clientId, metadata, unreadable, EntityTag.SeenBy(Version), ct);
        if (refused is null && secret is null)
            return new SeeOtherPage(ClientsPage.PathOf(clientId) + "?done=saved");
        if (refused is null)
        {
            (Client, Secret) = (client!, secret);
            return Page();
        }

        db.ChangeTracker.Clear();
        if (refused.IsMissing())
            return NotFound();

        // What the caller may not give is a scope of the admin API or a service account.
        ClientForm.Tell(ModelState, refused, "scope");
        return await ShowAsync(clientId, metadata, ct, isStale: refused.IsStale());
    }

    private async Task<IActionResult> ShowAsync(string clientId, ClientMetadata? typed, CancellationToken ct, bool isStale = false)
    {
        if (await db.Set<Client>().AsNoTracking().FirstOrDefaultAsync(client => client.ClientId == clientId, ct) is not { } client)
            return NotFound();
        Client = client;
        var now = ClientMetadata.Of(client, new ClientMetadata());
        if (typed is null || isStale)
            (Form, Version) = (ClientForm.Of(now), ClientChanges.TagOf(client));
        if (typed is not null && isStale)
            Unsaved = [.. ClientDocument.Differences(typed, now)];
        GrantTypes = new Choices("grant_types", "How it gets tokens", Grants, Form.GrantTypes) { Hint = "None: it only asks about tokens." };
        Scopes = await ClientScopes.ChoicesAsync(db, Form.Scopes, Form.OtherScopes ?? "", people: true, ct);
        var providers = await db.Set<UpstreamProvider>().AsNoTracking().OrderBy(provider => provider.Name).Select(provider => new Choice(provider.Name, provider.DisplayName, null)).ToListAsync(ct);
        Providers = new Choices("providers", "Only people who come by", providers, Form.Providers) { Hint = "None ticked: by any of them." };
        return Page();
    }
}
