using IdentityProvider.Platform.Secrets;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace IdentityProvider.SigningKeys;

/// <summary>Hands the ring to the engine, and again whenever it changed.</summary>
internal sealed class ConfigureSigningKeys(SigningKeyRing ring, MasterKey master) : IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>
{
    /// <summary>
    /// For what only this server reads: codes, refresh tokens, device codes. Derived, not stored, so every node has it and it
    /// never lies in the database.
    /// </summary>
    private readonly EncryptingCredentials encryption = new(
        new SymmetricSecurityKey(master.Derive("openiddict-encryption")), SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512);

    public string Name => Options.DefaultName;

    public void Configure(OpenIddictServerOptions options)
    {
        options.SigningCredentials.AddRange(ring.Published);
        options.EncryptionCredentials.Add(encryption);
    }

    public IChangeToken GetChangeToken() => ring.Changed;
}
