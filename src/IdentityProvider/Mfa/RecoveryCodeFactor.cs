using IdentityProvider.Authorize;
using IdentityProvider.Claims;

namespace IdentityProvider.Mfa;

/// <summary>A recovery code in the place of another factor.</summary>
internal sealed class RecoveryCodeFactor(RecoveryCodes codes) : ISecondFactor
{
    public const string Name = "recovery_code";

    public string Kind => Name;
    public int Order => 40;
    public string Title => "Use a recovery code";
    public string Page => "/mfa/recovery-code";
    public bool AskedAlways => false;

    public async ValueTask<string?> AcrOfAsync(Guid userId, CancellationToken ct) => await codes.RemainingAsync(userId, ct) > 0 ? Acr.MultiFactor : null;

    public Task RemoveAsync(Guid userId, CancellationToken ct) => codes.RemoveAsync(userId, ct);
}
