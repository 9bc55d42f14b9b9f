using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Admin.Clients;

/// <summary>/admin/clients/{id}: what it is, what it was given, and its end.</summary>
[SignedInPage, Permission(Permission.ReadClients)]
internal sealed class ClientPage(ConsoleUsers console, ClientChanges changes, Store db) : PageModel
{
    public Client Client { get; private set; } = null!;
    public ClientMetadata Metadata { get; private set; } = null!;

    /// <summary>Beyond so many it is said that there are more: a page must not take longer with each of them.</summary>
    private const int Most = 1000;

    /// <summary>Grants that live, and of how many people; at most one more than <see cref="Most"/>.</summary>
    private (int Grants, int People) given;

    public ConsoleUser Me { get; private set; } = null!;
    public string? Notice { get; private set; }
    public bool MayManage => Me.May(Permission.ManageClients);

    /// <summary>What was given to it.</summary>
    public string Given => given.Grants switch
    {
        0 => "Nothing that lives",
        1 => "1 grant",
        > Most => $"More than {Most} grants",
        var grants => $"{grants} grants of {given.People} {(given.People == 1 ? "person" : "people")}",
    };

    /// <summary>What follows from the removal.</summary>
    public string Effect => given.Grants switch
    {
        0 => "Nobody has granted it anything that lives",
        1 => "One grant ends, with its tokens",
        _ => $"{Given} end, with their tokens",
    };

    public async Task<IActionResult> OnGetAsync(string id, string? done, CancellationToken ct)
    {
        Notice = done switch { "saved" => "Saved. The server takes it up within a second.", _ => null };
        return await ShowAsync(ClientsPage.IdOf(id), ct);
    }

    /// <summary>The client_id is typed, so that it is not the wrong one.</summary>
    [Permission(Permission.ManageClients)]
    public async Task<IActionResult> OnPostRemoveAsync(string id, [FromForm(Name = "confirm")] string? confirm, [FromForm(Name = "version")] string? version, CancellationToken ct)
    {
        var clientId = ClientsPage.IdOf(id);
        if (confirm?.Trim() != clientId)
        {
            ModelState.AddModelError("confirm", $"Enter the client_id as it is: {clientId}");
            return await ShowAsync(clientId, ct);
        }

        if (await changes.RemoveAsync((await console.OfAsync(HttpContext, ct)).Id, clientId, EntityTag.SeenBy(version), ct) is not { } refused)
            return new SeeOtherPage(ClientsPage.All + "?done=removed");
        db.ChangeTracker.Clear();
        ModelState.Tell(refused, "confirm");
        return await ShowAsync(clientId, ct);
    }

    private async Task<IActionResult> ShowAsync(string clientId, CancellationToken ct)
    {
        if (await ClientChanges.FindAsync(db, clientId, ct) is not { } client)
            return NotFound();
        (Client, Me, Metadata) = (client, await console.OfAsync(HttpContext, ct), ClientMetadata.Of(client, new ClientMetadata()));
        var people = await db.Set<Grant>().Where(grant => grant.Application!.Id == client.Id && grant.Status == Statuses.Valid).Select(grant => grant.UserId).Take(Most + 1).ToListAsync(ct);
        given = (people.Count, people.Distinct().Count());
        return Page();
    }
}
