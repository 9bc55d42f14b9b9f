using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Sessions;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Federation;

/// <summary>Whose account an answer opens.</summary>
internal abstract record Opened
{
    internal sealed record Account(User User) : Opened;

    /// <summary>An account here has the address, and its owner has yet to prove it.</summary>
    internal sealed record Taken(Guid UserId) : Opened;

    internal sealed record Nothing(Refusal Refusal) : Opened;
}

/// <summary>
/// Finds the account by provider and subject and by nothing else: an address says who somebody is today, not that they are who
/// registered with it. Else makes one, if the provider may; an account that has the address is never opened by that.
/// </summary>
internal sealed class Accounts(Store db, SessionStore sessions, ProviderRoles roles, EventLog events, TimeProvider clock)
{
    private const int Attempts = 3;

    public async Task<Opened> OpenAsync(KnownProvider provider, UpstreamIdentity who, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await FindAsync(provider, who, ct) ?? await HolderAsync(provider, who, ct) ?? await CreateAsync(provider, who, ct);
            }
            catch (DbUpdateException lost) when (attempt < Attempts && (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation()))
            {
                // The same person in another window was first: theirs is found now.
                db.ChangeTracker.Clear();
            }
        }
    }

    private async Task<Opened?> FindAsync(KnownProvider provider, UpstreamIdentity who, CancellationToken ct)
    {
        if (await db.Set<ExternalLogin>().FirstOrDefaultAsync(l => l.ProviderId == provider.Row.Id && l.Issuer == who.Issuer && l.Subject == who.Subject, ct) is not { } login)
            return null;
        var user = await db.Set<User>().FirstAsync(u => u.Id == login.UserId, ct);
        if (!user.MaySignIn)
            return new Opened.Nothing(Refusal.Disabled);
        (login.LastUsedAt, login.AccountName) = (clock.GetUtcNow(), who.Email ?? login.AccountName);
        if (provider.Row.UpdatesProfile)
            TakeOver(user, who);
        if (db.Entry(user).State == EntityState.Modified)
            user.UpdatedAt = clock.GetUtcNow();
        var tell = await roles.FollowAsync(provider, who, user.Id, ct);
        await db.SaveChangesAsync(ct);
        tell?.Invoke();
        return new Opened.Account(user);
    }

    private async Task<Opened?> HolderAsync(KnownProvider provider, UpstreamIdentity who, CancellationToken ct)
    {
        if (who.Email is null)
            return null;
        var name = UserNames.Normalize(who.Email);
        var likeness = Likeness.Of(name);
        return await db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.EmailLikeness == likeness, ct) switch
        {
            null => null,
            { MaySignIn: false } => new Opened.Nothing(Refusal.Disabled),
            { EmailConfirmed: false, RegisteredAt: not null } => provider.Row.CreatesAccounts ? null : new Opened.Nothing(Refusal.NoAccount(provider.Row.DisplayName)),

            // An address that only looks like it is somebody else's, and gets no account beside it.
            { NormalizedEmail: var held } when held != name => new Opened.Nothing(Refusal.NoAccount(provider.Row.DisplayName)),
            var holder => new Opened.Taken(holder.Id),
        };
    }

    private async Task<Opened> CreateAsync(KnownProvider provider, UpstreamIdentity who, CancellationToken ct)
    {
        if (!provider.Row.CreatesAccounts)
            return new Opened.Nothing(Refusal.NoAccount(provider.Row.DisplayName));
        var now = clock.GetUtcNow();
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var removed = await MakeRoomAsync(who.Email, ct);
        var user = new User
        {
            Id = Guid.CreateVersion7(now),
            Email = who.Email,
            NormalizedEmail = who.Email is null ? null : UserNames.Normalize(who.Email),
            EmailConfirmed = who.Email is not null,
            SecurityStamp = Handle.Create(),
            LockoutEnabled = true,
            RegisteredAt = who.Email is null ? null : now,
            CreatedAt = now,
            UpdatedAt = now,
        };
        TakeOver(user, who);
        db.Add(user);
        db.Add(new ExternalLogin { UserId = user.Id, ProviderId = provider.Row.Id, Issuer = who.Issuer, Subject = who.Subject, AccountName = who.Email, CreatedAt = now, LastUsedAt = now });
        var tell = await roles.FollowAsync(provider, who, user.Id, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        if (removed is { } gone)
            events.Raise(new UnprovenAccountRemoved(gone, provider.Row.Name));
        events.Raise(new AccountCreated(user.Id, provider.Row.Name));
        tell?.Invoke();
        return new Opened.Account(user);
    }

    /// <summary>
    /// An account that somebody made with this address and never proved is not theirs. Password, factors, keys and sessions go
    /// with it, or a stranger who came first would wait inside for the owner.
    /// </summary>
    private async Task<Guid?> MakeRoomAsync(string? email, CancellationToken ct)
    {
        if (email is null)
            return null;
        var likeness = Likeness.Of(UserNames.Normalize(email));
        var unproven = db.Set<User>().Where(u => u.EmailLikeness == likeness && !u.EmailConfirmed && u.RegisteredAt != null && u.DisabledAt == null);
        if (await unproven.Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is not { } id)
            return null;
        await sessions.EndAllAsync(id, except: null, "address_proven_elsewhere", ct);
        return await unproven.Where(u => u.Id == id).ExecuteDeleteAsync(ct) == 1 ? id : null;
    }

    private static void TakeOver(User user, UpstreamIdentity who)
    {
        user.Name = who.Name ?? user.Name;
        user.GivenName = who.GivenName ?? user.GivenName;
        user.FamilyName = who.FamilyName ?? user.FamilyName;
        user.Nickname = who.Nickname ?? user.Nickname;
        user.Locale = who.Locale ?? user.Locale;
        user.Picture = who.Picture ?? user.Picture;
    }
}
