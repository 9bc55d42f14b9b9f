using System.Globalization;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Admin.Clients;

/// <summary>/admin/clients/{id}/secrets: the secrets of a client by their times, a new one shown once, and the end of an old one.</summary>
[SignedInPage, FreshSignIn, Permission(Permission.ManageClients)]
internal sealed class ClientSecretsPage(ConsoleUsers console, SecretChanges changes, Store db, TimeProvider clock) : PageModel
{
    public static readonly string[] Fields = ["overlap", "expires_in"];
    private static readonly (string Property, string Field, string Words)[] Labels = [("overlap", "overlap", "The time"), ("expires_in", "expires_in", "The time")];

    /// <summary>Seconds, as the form sends them.</summary>
    [BindProperty(Name = "overlap")]
    public string? Overlap { get; set; }

    /// <inheritdoc cref="Overlap"/>
    [BindProperty(Name = "expires_in")]
    public string? ExpiresIn { get; set; }

    public Client Client { get; private set; } = null!;
    public DateTimeOffset Now { get; private set; }
    public string? Notice { get; private set; }

    /// <summary>Set in the answer that made it.</summary>
    public string? Secret { get; private set; }

    public IReadOnlyList<ClientSecret> Secrets => [.. Client.Secrets.OrderByDescending(secret => secret.CreatedAt)];

    public async Task<IActionResult> OnGetAsync(string id, string? done, CancellationToken ct)
    {
        Notice = done is "removed" ? "The secret is removed. It works no more." : null;

        // A day is what most deployments need to hand a new one out.
        Overlap = "86400";
        return await ShowAsync(ClientsPage.IdOf(id), ct);
    }

    public async Task<IActionResult> OnPostAddAsync(string id, CancellationToken ct)
    {
        var clientId = ClientsPage.IdOf(id);
        var input = new SecretInput { Overlap = Seconds(Overlap), ExpiresIn = Seconds(ExpiresIn) };
        var refused = JsonBody.Check(input, []);
        if (refused is null)
        {
            (var made, refused) = await changes.AddAsync((await console.OfAsync(HttpContext, ct)).Id, clientId, input, ct);
            Secret = made?.ClientSecret;
        }

        return await AfterAsync(clientId, refused, ct);
    }

    public async Task<IActionResult> OnPostRemoveAsync(string id, [FromForm(Name = "secret")] Guid secret, CancellationToken ct)
    {
        var clientId = ClientsPage.IdOf(id);
        return await changes.RemoveAsync((await console.OfAsync(HttpContext, ct)).Id, clientId, secret, ct) is { } refused
            ? await AfterAsync(clientId, refused, ct)
            : new SeeOtherPage(ClientsPage.PathOf(clientId, "/secrets") + "?done=removed");
    }

    private Task<IActionResult> AfterAsync(string clientId, IResult? refused, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        if (refused is not null)
            ModelState.Tell(refused, "", Labels);
        return ShowAsync(clientId, ct);
    }

    private async Task<IActionResult> ShowAsync(string clientId, CancellationToken ct)
    {
        if (await ClientChanges.FindAsync(db, clientId, ct) is not { } client)
            return NotFound();
        (Client, Now) = (client, clock.GetUtcNow());
        return Page();
    }

    private static int? Seconds(string? text) => text is { Length: > 0 } ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : -1 : null;
}
