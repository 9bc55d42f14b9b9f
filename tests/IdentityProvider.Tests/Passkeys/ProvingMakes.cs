using System.Formats.Cbor;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>Authenticators that have to prove their make: packed attestation with a chain to a configured root.</summary>
public sealed class ProvingMakes : IDisposable
{
    private static readonly Guid Make = new("00112233-4455-6677-8899-aabbccddeeff");
    private readonly Workspace workspace = new();
    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256), makerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;

    public ProvingMakes() => root = Root("CN=Maker Root", rootKey);

    public void Dispose()
    {
        root.Dispose();
        rootKey.Dispose();
        makerKey.Dispose();
        workspace.Dispose();
    }

    [Fact]
    public async Task A_proof_that_leads_to_a_root_is_taken_and_every_flaw_of_it_is_refused()
    {
        await using var host = await HostAsync();
        using var browser = new Browser(host);
        Assert.Null(await ReasonAsync(host, browser, a => a.Statement = Packed(Certificate())));
        Assert.Null(await ReasonAsync(host, browser, a => a.Statement = Packed(Certificate(names: null))));

        var flaws = new Dictionary<string, Action<SoftwareAuthenticator>>
        {
            ["none"] = a => a.Format = "none",
            ["another format"] = a => a.Format = "tpm",
            ["signed by itself"] = a => a.Statement = (data, hash) => Statement(-7, a.SignAsItself([.. data, .. hash]), null),
            ["an empty chain"] = a => a.Statement = (data, hash) => Statement(-7, Sign([.. data, .. hash]), []),
            ["a chain without end"] = a => a.Statement = (data, hash) => Statement(-7, Sign([.. data, .. hash]), [.. Enumerable.Repeat(Certificate().RawData, 11)]),
            ["a certificate that is none"] = a => a.Statement = (data, hash) => Statement(-7, Sign([.. data, .. hash]), [[1, 2, 3]]),
            ["another root"] = a => a.Statement = Packed(Certificate(issuer: Root("CN=Maker Root", makerKey), issuerKey: makerKey)),
            ["the certificate of another make"] = a => a.Statement = Packed(Certificate(names: Guid.Empty)),
            ["a critical extension"] = a => a.Statement = Packed(Certificate(critical: true)),
            ["an authority"] = a => a.Statement = Packed(Certificate(authority: true)),
            ["no word on authority"] = a => a.Statement = Packed(Certificate(constraints: false)),
            ["another unit"] = a => a.Statement = Packed(Certificate("C=SE, O=Maker, OU=Sales, CN=Key 1")),
            ["no country"] = a => a.Statement = Packed(Certificate("O=Maker, OU=Authenticator Attestation, CN=Key 1")),
            ["over"] = a => a.Statement = Packed(Certificate(days: -1)),
            ["other data"] = a => a.Statement = (data, hash) => Statement(-7, Sign([.. data, .. hash, 0]), [Certificate().RawData]),
            ["another algorithm"] = a => a.Statement = (data, hash) => Statement(-257, Sign([.. data, .. hash]), [Certificate().RawData]),
            ["a statement without signature"] = a => a.Statement = (_, _) => [0xA0],
        };
        foreach (var (flaw, change) in flaws)
            Assert.Equal((flaw, "attestation"), (flaw, await ReasonAsync(host, browser, change)));
    }

    [Fact]
    public async Task Makes_are_allowed_or_denied_by_their_AAGUID()
    {
        await using var host = await HostAsync(("Passkeys:Attestation:AllowedAaguids:0", Guid.CreateVersion7().ToString()));
        using var browser = new Browser(host);
        Assert.Equal("aaguid", await ReasonAsync(host, browser, a => a.Statement = Packed(Certificate())));

        await using var other = await HostAsync(("Passkeys:Attestation:AllowedAaguids:0", Make.ToString()), ("Passkeys:Attestation:DeniedAaguids:0", Make.ToString()));
        using var second = new Browser(other);
        Assert.Equal("aaguid", await ReasonAsync(other, second, a => a.Statement = Packed(Certificate())));
        Assert.Contains("not accepted here", second.Page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_asks_for_proofs_names_roots_that_can_be_read()
    {
        var failure = await Assert.ThrowsAsync<IdentityProvider.Platform.Settings.SettingsException>(() => IdpHost.StartAsync(new IdpSetup { Settings = new() { ["Passkeys:Attestation:Required"] = "true" } }));
        Assert.Contains("Passkeys: Attestation:Roots is empty", failure.Message, StringComparison.Ordinal);
        var file = workspace.Write("roots.pem", "no certificates");
        failure = await Assert.ThrowsAsync<IdentityProvider.Platform.Settings.SettingsException>(() => IdpHost.StartAsync(new IdpSetup { Settings = new() { ["Passkeys:Attestation:Roots:0"] = file, ["Passkeys:Origins:0"] = "https://a.example/path", ["Passkeys:RelyingPartyId"] = "example.com" } }));
        Assert.Contains("Attestation:Roots:0 is no file", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Origins:0 is not an origin", failure.Message, StringComparison.Ordinal);
        Assert.Contains("RelyingPartyId is not the issuer's host", failure.Message, StringComparison.Ordinal);
    }

    private Task<IdpHost> HostAsync(params (string Name, string Value)[] more)
    {
        var settings = more.ToDictionary(s => s.Name, s => s.Value);
        settings["Passkeys:Attestation:Required"] = "true";
        settings["Passkeys:Attestation:Roots:0"] = workspace.Write($"{Guid.CreateVersion7():N}.pem", root.ExportCertificatePem());
        return IdpHost.StartAsync(new IdpSetup { Settings = settings });
    }

    private static async Task<string?> ReasonAsync(IdpHost host, Browser browser, Action<SoftwareAuthenticator> change)
    {
        using var events = new EventTrap(host);
        var authenticator = host.Authenticator();
        (authenticator.Format, authenticator.Aaguid) = ("packed", Make);
        change(authenticator);
        var page = await browser.AddPasskeyAsync(authenticator);
        Assert.Equal(System.Net.HttpStatusCode.OK, page.Status);
        return events.Reasons.LastOrDefault();
    }

    private Func<byte[], byte[], byte[]> Packed(X509Certificate2 leaf) => (data, hash) => Statement(-7, Sign([.. data, .. hash]), [leaf.RawData]);

    private byte[] Sign(byte[] data) => makerKey.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    private static byte[] Statement(int algorithm, byte[] signature, byte[][]? chain)
    {
        var writer = new CborWriter(CborConformanceMode.Ctap2Canonical);
        writer.WriteStartMap(chain is null ? 2 : 3);
        writer.WriteTextString("alg");
        writer.WriteInt32(algorithm);
        writer.WriteTextString("sig");
        writer.WriteByteString(signature);
        if (chain is not null)
        {
            writer.WriteTextString("x5c");
            writer.WriteStartArray(chain.Length);
            foreach (var certificate in chain)
                writer.WriteByteString(certificate);
            writer.WriteEndArray();
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    private static X509Certificate2 Root(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-30), now.AddDays(30));
    }

    private X509Certificate2 Certificate(
        string subject = "C=SE, O=Maker, OU=Authenticator Attestation, CN=Key 1", bool authority = false, bool constraints = true, bool critical = false, int days = 10,
        X509Certificate2? issuer = null, ECDsa? issuerKey = null) => Certificate(Make, subject, authority, constraints, critical, days, issuer, issuerKey);

    private X509Certificate2 Certificate(
        Guid? names, string subject = "C=SE, O=Maker, OU=Authenticator Attestation, CN=Key 1", bool authority = false, bool constraints = true, bool critical = false, int days = 10,
        X509Certificate2? issuer = null, ECDsa? issuerKey = null)
    {
        var request = new CertificateRequest(subject, makerKey, HashAlgorithmName.SHA256);
        if (constraints)
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        if (names is { } make)
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.45724.1.1.4", [0x04, 0x10, .. make.ToByteArray(bigEndian: true)], critical));
        var now = TimeProvider.System.GetUtcNow();
        return request.Create((issuer ?? root).SubjectName, X509SignatureGenerator.CreateForECDsa(issuerKey ?? rootKey), now.AddDays(-20), now.AddDays(days), RandomNumberGenerator.GetBytes(8));
    }
}
