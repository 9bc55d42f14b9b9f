using System.Text;
using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.UpstreamProviders;

/// <summary>
/// Our secrets at other servers. They have to be sent, so a hash will not do: they are encrypted under the master key, each for its
/// provider, so that one moved to another row does not open.
/// </summary>
internal sealed class ProviderSecrets(MasterKey master)
{
    public string Protect(string provider, string secret) => master.Protect(Encoding.UTF8.GetBytes(secret), PurposeOf(provider));

    public string? Open(UpstreamProvider provider) =>
        provider.ProtectedClientSecret is { } sealedSecret ? Encoding.UTF8.GetString(master.Unprotect(sealedSecret, PurposeOf(provider.Name))) : null;

    private static string PurposeOf(string provider) => $"upstream-provider\n{provider}";
}
