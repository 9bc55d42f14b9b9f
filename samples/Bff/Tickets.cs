using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.WebUtilities;

namespace Samples.Bff;

/// <summary>
/// Who is signed in, and their tokens, on the server: so that one of them can be ended from outside. One process here; several need a
/// shared store in its place.
/// </summary>
internal sealed class Tickets : ITicketStore
{
    private readonly ConcurrentDictionary<string, AuthenticationTicket> tickets = new();

    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));
        tickets[key] = ticket;
        return Task.FromResult(key);
    }

    /// <summary>One that was ended meanwhile does not come back.</summary>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        if (tickets.TryGetValue(key, out var present))
            tickets.TryUpdate(key, ticket, present);
        return Task.CompletedTask;
    }

    public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(tickets.GetValueOrDefault(key));

    public Task RemoveAsync(string key)
    {
        tickets.TryRemove(key, out _);
        return Task.CompletedTask;
    }

    /// <summary>Ends one session of the identity server, or all of a person.</summary>
    public void End(string? sid, string? sub)
    {
        foreach (var (key, ticket) in tickets)
            if (sid is not null ? ticket.Principal.HasClaim("sid", sid) : sub is not null && ticket.Principal.HasClaim("sub", sub))
                tickets.TryRemove(key, out _);
    }
}
