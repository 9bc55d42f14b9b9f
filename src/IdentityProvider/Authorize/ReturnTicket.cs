using System.Text;
using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Limits;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Authorize;

/// <summary>
/// Stores a request while its person is busy, and finds it again by the ticket that the pages carry. A request that needs no
/// page is never stored, so that signing in silently costs no row and no extra redirect.
/// </summary>
internal sealed class ReturnTicket(Store db, MasterKey master, ClientCache clients, IOptions<AuthorizeOptions> options, IOptions<RateLimitsOptions> limits, TimeProvider clock)
{
    private const string Purpose = "stored-request";

    /// <summary>Stores the request of a context and gives its ticket; the one it came with, if it has been stored before.</summary>
    /// <returns>Null when this address has too many unfinished sign-ins.</returns>
    public async Task<string?> IssueAsync(HttpContext http, AuthorizeContext context, CancellationToken ct)
    {
        if (context.Ticket is { } known)
            return known;

        var now = clock.GetUtcNow();
        var address = ClientAddress.Of(http);
        var recently = now - TimeSpan.FromMinutes(15);
        if (await db.Set<StoredRequest>().CountAsync(r => r.Address == address && r.StartedAt > recently && !r.Finished, ct) >= limits.Value.OpenSignInsPerAddress)
            return null;

        var ticket = Handle.Create();
        var parameters = context.Request.GetParameters().Where(p => p.Key != Parameters.RequestUri).ToDictionary(p => p.Key, p => (JsonElement)p.Value);
        await SpendPushedRequestAsync(http, ct);
        db.Add(new StoredRequest
        {
            HandleHash = Handle.Hash(ticket),
            ClientId = context.Client.ClientId!,
            Kind = context.Kind.ToString(),
            ProtectedParameters = master.Protect(JsonSerializer.SerializeToUtf8Bytes(parameters), Purpose),
            StartedAt = context.StartedAt,
            ExpiresAt = now + options.Value.TicketLifetime,
            Pushed = context.Pushed,
            Address = address,
        });
        await db.SaveChangesAsync(ct);
        return context.Ticket = ticket;
    }

    /// <summary>A pushed request is used once (RFC 9126 section 4): its parameters live on under the ticket.</summary>
    private Task SpendPushedRequestAsync(HttpContext http, CancellationToken ct) =>
        http.Items[PushedRequests.Marker] is string pushed && Guid.TryParse(pushed, out var id)
            ? db.Set<Token>().Where(t => t.Id == id).ExecuteUpdateAsync(set => set.SetProperty(t => t.Status, Statuses.Redeemed), ct)
            : Task.CompletedTask;

    /// <summary>The request behind a ticket, or null: unknown, expired, or its client is gone.</summary>
    public async Task<WaitingRequest?> FindAsync(string? ticket, CancellationToken ct)
    {
        if (ticket is not { Length: 43 })
            return null;
        var hash = Handle.Hash(ticket);
        var now = clock.GetUtcNow();
        var stored = await db.Set<StoredRequest>().AsNoTracking().FirstOrDefaultAsync(r => r.HandleHash == hash && r.ExpiresAt > now, ct);
        if (stored is null)
            return null;
        var kind = Enum.Parse<RequestKind>(stored.Kind);
        if ((kind == RequestKind.OwnPage ? OwnPages.Client : await clients.FindAsync(stored.ClientId, ct)) is not { } client)
            return null;
        var json = Encoding.UTF8.GetString(master.Unprotect(stored.ProtectedParameters, Purpose));
        var parameters = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
        var request = new OpenIddictRequest(parameters.Select(p => new KeyValuePair<string, OpenIddictParameter>(p.Key, Parameter(p.Value))));
        return new WaitingRequest(ticket, kind, client, request, stored.StartedAt, stored.Refusal, stored.Pushed, stored.Finished, stored.Problem);
    }

    /// <summary>The person said no: the dispatcher turns it into the error for the client.</summary>
    public Task RefuseAsync(string ticket, string error, CancellationToken ct)
    {
        var hash = Handle.Hash(ticket);
        return db.Set<StoredRequest>().Where(r => r.HandleHash == hash).ExecuteUpdateAsync(set => set.SetProperty(r => r.Refusal, error), ct);
    }

    /// <summary>Another way to sign in failed: the sign-in page says why. Null: it is being tried again.</summary>
    public Task TellAsync(string ticket, string? words, CancellationToken ct)
    {
        var hash = Handle.Hash(ticket);
        return db.Set<StoredRequest>().Where(r => r.HandleHash == hash).ExecuteUpdateAsync(set => set.SetProperty(r => r.Problem, words), ct);
    }

    /// <summary>
    /// Somebody went back to a request that was answered: it starts over, so that a sign-in or a "no" of then does not
    /// answer for now.
    /// </summary>
    public async Task<WaitingRequest> RestartAsync(WaitingRequest finished, CancellationToken ct)
    {
        var hash = Handle.Hash(finished.Ticket);
        var now = clock.GetUtcNow();
        await db.Set<StoredRequest>().Where(r => r.HandleHash == hash)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.StartedAt, now).SetProperty(r => r.Refusal, (string?)null).SetProperty(r => r.Problem, (string?)null).SetProperty(r => r.Finished, false), ct);
        return finished with { StartedAt = now, Refusal = null, Finished = false };
    }

    /// <summary>The person is known by this name: the sign-in page fills it in. Null: whatever name was expected is not theirs.</summary>
    public async Task HintAsync(string ticket, string? username, CancellationToken ct)
    {
        var hash = Handle.Hash(ticket);
        if (await db.Set<StoredRequest>().AsNoTracking().FirstOrDefaultAsync(r => r.HandleHash == hash, ct) is not { } stored)
            return;
        var parameters = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(master.Unprotect(stored.ProtectedParameters, Purpose))!;
        if (username is null)
            parameters.Remove(Parameters.LoginHint);
        else
            parameters[Parameters.LoginHint] = JsonSerializer.SerializeToElement(username);
        var sealedAgain = master.Protect(JsonSerializer.SerializeToUtf8Bytes(parameters), Purpose);
        await db.Set<StoredRequest>().Where(r => r.Id == stored.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.ProtectedParameters, sealedAgain), ct);
    }

    /// <summary>The client has its answer: the row no longer counts as an unfinished sign-in.</summary>
    public Task FinishAsync(string ticket, CancellationToken ct)
    {
        var hash = Handle.Hash(ticket);
        return db.Set<StoredRequest>().Where(r => r.HandleHash == hash).ExecuteUpdateAsync(set => set.SetProperty(r => r.Finished, true), ct);
    }

    /// <summary>Values were text or lists of text; the engine's conversion makes an object of text that looks like JSON (claims).</summary>
    private static OpenIddictParameter Parameter(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => new OpenIddictParameter(value.GetString()),
        JsonValueKind.Array => new OpenIddictParameter(value),
        _ => new OpenIddictParameter(value.GetRawText()),
    };
}

/// <summary>A stored request, as pages need it.</summary>
internal sealed record WaitingRequest(string Ticket, RequestKind Kind, Client Client, OpenIddictRequest Request, DateTimeOffset StartedAt, string? Refusal, bool Pushed, bool Finished, string? Problem)
{
    public string ClientName => Client.DisplayName ?? Client.ClientId!;

    /// <summary>Where every page leads when it is done: back to the dispatcher, with nothing but the ticket.</summary>
    public string ReturnUrl => Kind switch
    {
        RequestKind.Device => $"/device?ticket={Ticket}",
        RequestKind.OwnPage => $"/continue?ticket={Ticket}",
        _ => $"{Routes.Authorize}?client_id={Uri.EscapeDataString(Client.ClientId!)}&ticket={Ticket}",
    };
}
