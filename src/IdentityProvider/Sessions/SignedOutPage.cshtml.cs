using IdentityProvider.Clients;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Sessions;

/// <summary>/signed-out: that it is done, and the way back.</summary>
internal sealed class SignedOutPage(ClientCache clients) : PageModel
{
    public string? ClientName { get; private set; }
    public string? ClientUri { get; private set; }

    public async Task OnGetAsync([FromQuery(Name = "client_id")] string? clientId, CancellationToken ct)
    {
        var client = clientId is { Length: > 0 and <= 400 } ? await clients.FindAsync(clientId, ct) : null;
        ClientName = client?.DisplayName;
        ClientUri = client?.ClientUri;
    }
}
