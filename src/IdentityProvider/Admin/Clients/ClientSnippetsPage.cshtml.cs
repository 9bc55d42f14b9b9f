using IdentityProvider.Clients;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Admin.Clients;

/// <summary>/admin/clients/{id}/code: code to start with, filled with the client's own values; what fits its kind comes first.</summary>
[SignedInPage, Permission(Permission.ReadClients)]
internal sealed class ClientSnippetsPage(Store db, IOptions<IdentityProviderOptions> options) : PageModel
{
    public Client Client { get; private set; } = null!;
    public SnippetValues Values { get; private set; } = null!;
    public string? Notice { get; private set; }

    public IReadOnlyList<Snippet> Fitting { get; private set; } = [];
    public IReadOnlyList<Snippet> Others { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string id, string? done, CancellationToken ct)
    {
        if (await ClientChanges.FindAsync(db, ClientsPage.IdOf(id), ct) is not { } client)
            return NotFound();
        var metadata = ClientMetadata.Of(client, new ClientMetadata());
        var kind = ClientKind.Of(metadata);
        (Client, Values) = (client, await SnippetValues.OfAsync(db, options.Value.Issuer, metadata, ct));
        Notice = done is "added" ? "The client is there. This is code to start with." : null;
        var possible = Snippet.All.Where(snippet => snippet.IsPossible(Values)).ToLookup(snippet => snippet.IsFor(kind));
        (Fitting, Others) = ([.. possible[true]], [.. possible[false]]);
        return Page();
    }
}
