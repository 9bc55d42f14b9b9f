using System.Collections.Frozen;

namespace IdentityProvider.Passkeys;

/// <summary>Names of authenticators by their AAGUID, from the list beside this file. A name is no proof: without attestation anybody may claim one.</summary>
internal static class Providers
{
    private static readonly FrozenDictionary<Guid, string> Names = Read();

    public static string? NameOf(Guid aaguid) => Names.GetValueOrDefault(aaguid);

    private static FrozenDictionary<Guid, string> Read()
    {
        using var stream = typeof(Providers).Assembly.GetManifestResourceStream("passkeys/providers.txt")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n').Where(line => line.Length > 37 && line[0] != '#')
            .ToFrozenDictionary(line => Guid.ParseExact(line.AsSpan(0, 36), "D"), line => line[37..].Trim());
    }
}
