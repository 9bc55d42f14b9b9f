using System.ComponentModel.DataAnnotations;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.ServiceAccounts;

/// <summary>A service account as a caller describes it.</summary>
internal sealed class ServiceAccountInput
{
    [Required, MaxLength(100)]
    public string Name { get; set; } = "";

    [MaxLength(200)]
    public string? Description { get; set; }

    public bool Disabled { get; set; }
}

/// <summary>
/// An administrator adds, disables and removes accounts of programs. Who lets one in again that holds something gives it that, and must hold it; who
/// shuts one out takes away, which is free but for the role admin.
/// </summary>
internal sealed class ServiceAccountChanges(Store db, RightsChange change, UserRoles roles, RevocationSignal signal, TimeProvider clock, EventLog events)
{
    /// <summary>The longest life of an access token, and some: as long a removed account is remembered.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(65);

    public static string TagOf(User user) => EntityTag.Of([user.UserName!, user.Name ?? "", user.DisabledAt is null ? "" : "disabled"]);

    public async Task<(User? User, IResult? Refused)> AddAsync(Guid actor, ServiceAccountInput input, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var user = User.ForService(input.Name, input.Description, Handle.Create(), now);
        user.DisabledAt = input.Disabled ? now : null;
        var refused = await change.RunAsync(actor, Permission.ManageServiceAccounts, async _ =>
        {
            if (await db.Set<User>().AnyAsync(other => other.NormalizedUserName == user.NormalizedUserName || other.NormalizedEmail == user.NormalizedUserName, ct))
                return Refusals.Conflict("Somebody has this name. Choose another one.");
            db.Add(user);
            events.Record(db, new ServiceAccountAdministered(actor, user.Id, "created"));
            return null;
        }, ct);
        return (user, refused);
    }

    public async Task<(User? User, IResult? Refused)> ChangeAsync(Guid actor, Guid sub, ServiceAccountInput input, Func<string, IResult?> stale, CancellationToken ct)
    {
        User? user = null;
        var refused = await change.RunAsync(actor, Permission.ManageServiceAccounts, async rights =>
        {
            if ((user = await ServiceAccountsApi.RowAsync(db.Set<User>(), sub, ct)) is null)
                return Refusals.Missing("service account");
            if (stale(TagOf(user)) is { } lost)
                return lost;
            var now = clock.GetUtcNow();
            var held = await roles.HeldByAsync(sub, ct);
            (user.Name, user.UpdatedAt) = (input.Description, now);
            if (input.Disabled == (user.DisabledAt is not null))
            {
                events.Record(db, new ServiceAccountAdministered(actor, sub, "changed"));
                return null;
            }

            user.DisabledAt = input.Disabled ? now : null;
            events.Record(db, new ServiceAccountAdministered(actor, sub, input.Disabled ? "disabled" : "enabled"));
            return input.Disabled ? rights.Refuse([], held) : rights.Refuse(held, []);
        }, ct);
        if (refused is null)
            signal.Raise();
        return (user, refused);
    }

    public async Task<IResult?> RemoveAsync(Guid actor, Guid sub, Func<string, IResult?> stale, CancellationToken ct)
    {
        var refused = await change.RunAsync(actor, Permission.ManageServiceAccounts, async rights =>
        {
            if (await ServiceAccountsApi.RowAsync(db.Set<User>(), sub, ct) is not { } user)
                return Refusals.Missing("service account");
            if ((stale(TagOf(user)) ?? rights.Refuse([], await roles.HeldByAsync(sub, ct))) is { } problem)
                return problem;
            var now = clock.GetUtcNow();
            db.Remove(user);

            // Who is gone is on no list of the disabled: this stands for it until its last token has expired.
            db.Add(new RevokedToken { Id = sub, RevokedAt = now, ExpiresAt = now + Remembered });
            events.Record(db, new ServiceAccountAdministered(actor, sub, "removed"));
            return null;
        }, ct);
        if (refused is null)
            signal.Raise();
        return refused;
    }
}

/// <param name="Actor">Who did it.</param>
/// <param name="UserId">Which account.</param>
/// <param name="What">created, changed, disabled, enabled or removed.</param>
internal sealed record ServiceAccountAdministered(Guid Actor, Guid UserId, string What) : IEvent
{
    public string Name => $"service_accounts.{What}";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor), new("user", UserId)];
}
