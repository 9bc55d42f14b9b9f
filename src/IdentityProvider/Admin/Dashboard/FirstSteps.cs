using IdentityProvider.Admin.Clients;
using IdentityProvider.Clients;
using IdentityProvider.Email;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>One thing to do before people rely on the server, whether it is done, and where to do it.</summary>
internal sealed record FirstStep(string Title, string Hint, bool IsDone, string? Path = null, string? Permission = null);

/// <summary>What a new deployment still lacks: looked up each time, so that each ticks itself.</summary>
internal sealed class FirstSteps(Administrators administrators, IEnumerable<FactorHolders> factors, IOptions<IdentityProviderOptions> server, IOptions<EmailOptions> email, Store db, TimeProvider clock)
{
    public Task<bool> ArePutAwayAsync(Guid person, CancellationToken ct) => db.Set<FirstStepsPutAway>().AnyAsync(p => p.UserId == person, ct);

    public async Task PutAwayAsync(Guid person, CancellationToken ct)
    {
        if (!await ArePutAwayAsync(person, ct))
            await db.TryAddAsync(new FirstStepsPutAway { UserId = person, At = clock.GetUtcNow() }, ct);
    }

    public Task ShowAsync(Guid person, CancellationToken ct) => db.Set<FirstStepsPutAway>().Where(p => p.UserId == person).ExecuteDeleteAsync(ct);

    public async Task<IReadOnlyList<FirstStep>> OfAsync(CancellationToken ct)
    {
        var admins = await administrators.SomeAsync(ct);
        var protectedOnes = new HashSet<Guid>();
        foreach (var factor in factors)
            protectedOnes.UnionWith(await factor.Users(db).Where(id => admins.Contains(id)).ToListAsync(ct));
        var isSecure = server.Value.IssuerUri.Scheme == Uri.UriSchemeHttps;
        return
        [
            new("The issuer is https", isSecure ? "Browsers and apps talk to it over TLS." : "Set IdentityProvider:Issuer to the https address that people reach it at.", isSecure),
            new("Mails leave", email.Value.Smtp.Host is null ? "Set IdentityProvider:Email:Smtp, or nobody finds a way back to a forgotten password." : "Over the server that IdentityProvider:Email:Smtp names.", email.Value.Smtp.Host is not null),
            new("A second administrator", "Whoever is alone locks everybody out with one lost phone.", admins.Count > 1, "/admin/users", Permission.ReadUsers),
            new("Every administrator has a second factor", "An app or a passkey. They are asked for one at their next sign-in, too.", admins.Count > 0 && admins.All(protectedOnes.Contains), "/admin/users?role=admin", Permission.ReadUsers),
            new("The first app", "A client: here, from a setup document, by the command line or over the admin API.", await db.Set<Client>().AnyAsync(ct), ClientsPage.New, Permission.ManageClients),
        ];
    }
}
