using IdentityProvider.Authorize;
using IdentityProvider.Claims;
using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Mfa;

/// <summary>
/// A mailed code in the place of another factor, where a deployment allows it, to a proven address, and not for those whose roles
/// demand a second factor.
/// </summary>
internal sealed class EmailCodeFactor(Store db, StrictRoles strict, MailOutbox outbox, IOptions<MfaOptions> options) : ISecondFactor
{
    public const string Name = "email_code";

    public string Kind => Name;
    public int Order => 30;
    public string Title => "Mail me a code";
    public string Page => "/mfa/email-code";
    public bool AskedAlways => false;

    public async ValueTask<string?> AcrOfAsync(Guid userId, CancellationToken ct) =>
        options.Value.EmailCodes && outbox.CanSend
        && await db.Set<User>().Where(u => u.Id == userId && u.EmailConfirmed).Select(u => u.Email).FirstOrDefaultAsync(ct) is { } address && EmailAddress.IsValid(address)
        && !await strict.HasAsync(userId, ct) ? Acr.MultiFactor : null;

    /// <summary>The address is the person's own and stays.</summary>
    public Task RemoveAsync(Guid userId, CancellationToken ct) => Task.CompletedTask;
}
