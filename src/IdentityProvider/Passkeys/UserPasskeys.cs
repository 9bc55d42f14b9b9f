using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Passkeys;

/// <summary>Lets the framework's verifier look up people and their passkeys. It only reads: what is written, Registration and Assertion write.</summary>
internal sealed class UserPasskeys(Store db) : IUserPasskeyStore<User>
{
    public static PasskeyHandler<User> Handler(Store db, IOptions<IdentityPasskeyOptions> demands) =>
        new(new UserManager<User>(new UserPasskeys(db), Options.Create(new IdentityOptions()), null!, [], [], null!, null!, null!, NullLogger<UserManager<User>>.Instance), demands);

    public Task<string> GetUserIdAsync(User user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString("D"));

    /// <summary>Exactly what was given as user handle: the parser of the framework would forgive spaces and capitals.</summary>
    public Task<User?> FindByIdAsync(string userId, CancellationToken cancellationToken) => Guid.TryParseExact(userId, "D", out var id) && id.ToString("D") == userId
        ? db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id, cancellationToken)
        : Task.FromResult<User?>(null);

    public Task<User?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        db.Set<User>().AsNoTracking().FirstOrDefaultAsync(u => db.Set<Passkey>().Any(p => p.CredentialId == credentialId && p.UserId == u.Id), cancellationToken);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(User user, CancellationToken cancellationToken) =>
        [.. (await db.Set<Passkey>().AsNoTracking().Where(p => p.UserId == user.Id).ToListAsync(cancellationToken)).Select(InfoOf)];

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) =>
        await db.Set<Passkey>().AsNoTracking().FirstOrDefaultAsync(p => p.UserId == user.Id && p.CredentialId == credentialId, cancellationToken) is { } passkey ? InfoOf(passkey) : null;

    /// <summary>
    /// Without the sign count: the verifier would compare and we would write later, and two answers at once would both pass.
    /// <see cref="Assertion"/> compares and writes in one statement.
    /// </summary>
    private static UserPasskeyInfo InfoOf(Passkey passkey) => new(
        passkey.CredentialId, passkey.PublicKey, passkey.CreatedAt, signCount: 0, passkey.Transports?.Split(' '), passkey.UserVerified,
        passkey.BackupEligible, passkey.BackedUp, attestationObject: [], clientDataJson: []);

    public void Dispose()
    {
    }

    public Task AddOrUpdatePasskeyAsync(User user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw OnlyReads();
    public Task RemovePasskeyAsync(User user, byte[] credentialId, CancellationToken cancellationToken) => throw OnlyReads();
    public Task<string?> GetUserNameAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();
    public Task SetUserNameAsync(User user, string? userName, CancellationToken cancellationToken) => throw OnlyReads();
    public Task<string?> GetNormalizedUserNameAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();
    public Task SetNormalizedUserNameAsync(User user, string? normalizedName, CancellationToken cancellationToken) => throw OnlyReads();
    public Task<IdentityResult> CreateAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();
    public Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();
    public Task<IdentityResult> DeleteAsync(User user, CancellationToken cancellationToken) => throw OnlyReads();
    public Task<User?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw OnlyReads();

    private static NotSupportedException OnlyReads() => new("The verifier of passkeys reads.");
}
