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
        var expected = new MasterKey(Key).Derive("x");
        var text = Convert.ToBase64String(Key);
        Assert.Equal(expected, MasterKeyLoader.Load(new() { MasterKey = text }, Production).Derive("x"));
        Assert.Equal(expected, MasterKeyLoader.Load(new() { MasterKeyFile = workspace.Write("key", text + "\n") }, Production).Derive("x"));
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
                return Convert.ToHexString(MasterKeyLoader.Load(new(), Development, file).Derive("x"));
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Single(keys.Distinct());
        Assert.Equal([file], Directory.GetFiles(Path.GetDirectoryName(file)!));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(keys[0], Convert.ToHexString(MasterKeyLoader.Load(new(), Development, file).Derive("x")));
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
        Assert.Contains("MasterKeyFile: is set beside", Problem(new() { MasterKey = "a", MasterKeyFile = "b" }), StringComparison.Ordinal);
        Assert.Contains("MasterKeyFile: cannot be read", Problem(new() { MasterKeyFile = Path.Combine(workspace.Folder, "none") }), StringComparison.Ordinal);
        Assert.StartsWith("IdentityProvider:MasterKeyFile: is not 32 bytes", Problem(new() { MasterKeyFile = workspace.Write("bad", "hunter2") }), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", Problem(new() { MasterKey = "hunter2" }), StringComparison.Ordinal);
    }

    private static string Problem(IdentityProviderOptions options) => MasterKeyLoader.Problem(options, Production)!;
}
