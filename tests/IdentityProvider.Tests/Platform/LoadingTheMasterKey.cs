using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public sealed class LoadingTheMasterKey : IDisposable
{
    private static readonly CheckingSettings.Environment Development = new("Development"), Production = new("Production");
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public void It_comes_from_the_setting_or_from_a_file()
    {
        var text = Convert.ToBase64String(Key);
        var root = MasterKeyLoader.Load(new() { MasterKey = text }, Production);
        Assert.Equal(Key, root.AsMasterKey);
        Assert.Equal(root.Id, MasterKeyLoader.Load(new() { MasterKeyFile = workspace.Write("key", text + "\n") }, Production).Id);
        Assert.Equal(root.Id, MasterKeyLoader.LoadFormer(new() { FormerMasterKey = text })!.Id);
        Assert.Null(MasterKeyLoader.LoadFormer(new() { MasterKey = text }));
    }

    [Fact]
    public void Or_from_a_certificate_in_either_form()
    {
        using var certificate = Certificate(2048);
        var pem = workspace.Write("key.pem", certificate.ExportCertificatePem() + "\n" + certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem());
        var pkcs12 = Path.Combine(workspace.Folder, "key.pfx");
        File.WriteAllBytes(pkcs12, certificate.Export(X509ContentType.Pkcs12));
        var root = MasterKeyLoader.Load(new() { MasterKeyCertificateFile = pem }, Production);
        Assert.Equal(root.Id, MasterKeyLoader.Load(new() { MasterKeyCertificateFile = pkcs12 }, Production).Id);
        Assert.Equal(Key, root.Open(root.Seal(Key)));

        using var small = Certificate(1024);
        foreach (var content in new[] { certificate.ExportCertificatePem(), small.ExportCertificatePem() + "\n" + small.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem(), "hunter2" })
            Assert.StartsWith("IdentityProvider:MasterKeyCertificateFile: holds no certificate", Problem(new() { MasterKeyCertificateFile = workspace.Write("bad.pem", content) }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Development_makes_one_that_only_its_user_reads_and_all_processes_share()
    {
        var file = Path.Combine(workspace.Folder, "data", "master.key");
        using var start = new Barrier(8);
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return MasterKeyLoader.Load(new(), Development, file).Id;
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Single(keys.Distinct());
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(keys[0], MasterKeyLoader.Load(new(), Development, file).Id);
    }

    [Fact]
    public void Production_makes_none()
    {
        var file = Path.Combine(workspace.Folder, "master.key");
        Assert.Throws<InvalidOperationException>(() => MasterKeyLoader.Load(new(), Production, file));
        Assert.False(File.Exists(file));
    }

    [Fact]
    public void What_is_wrong_is_said_without_the_key()
    {
        Assert.StartsWith("IdentityProvider:MasterKey: is set beside MasterKeyFile", Problem(new() { MasterKey = "a", MasterKeyFile = "b" }), StringComparison.Ordinal);
        Assert.StartsWith("IdentityProvider:FormerMasterKey: is not 32 bytes", Problem(new() { MasterKey = Convert.ToBase64String(Key), FormerMasterKey = "hunter2" }), StringComparison.Ordinal);
        Assert.Contains("MasterKeyFile: cannot be read", Problem(new() { MasterKeyFile = Path.Combine(workspace.Folder, "none") }), StringComparison.Ordinal);
        Assert.StartsWith("IdentityProvider:MasterKeyFile: is not 32 bytes", Problem(new() { MasterKeyFile = workspace.Write("bad", "hunter2") }), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Problem(new() { MasterKey = "hunter2" }), StringComparison.Ordinal);
    }

    private static X509Certificate2 Certificate(int bits)
    {
        using var rsa = RSA.Create(bits);
        return new CertificateRequest("CN=root", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
    }

    private static string Problem(IdentityProviderOptions options) => MasterKeyLoader.Problem(options, Production)!;
}
