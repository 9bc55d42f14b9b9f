using IdentityProvider.UpstreamProviders;
using Microsoft.AspNetCore.Authentication;

namespace IdentityProvider.Federation;

/// <summary>A provider as this node knows it: its row, what the framework's handler needs, and whether it answers.</summary>
internal sealed record KnownProvider(UpstreamProvider Row, RemoteAuthenticationOptions Options, Circuit Circuit)
{
    public bool IsOffered => Row.DisabledAt is null;
}
