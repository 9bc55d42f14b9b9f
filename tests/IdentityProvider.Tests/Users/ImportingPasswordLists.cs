using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Xunit;

namespace IdentityProvider.Tests.Users;

public sealed class ImportingPasswordLists : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public async Task Text_and_hashes_of_any_order_become_one_list_whatever_its_size()
    {
        var words = Enumerable.Range(0, 1_000).Select(i => $"word number {i}").ToArray();
        var lines = words.Select((word, i) => i % 3 == 0 ? word : i % 3 == 1 ? Sha1(word) : $"{Sha1(word).ToLowerInvariant()}:{i}");
        var file = Path.Combine(workspace.Folder, "list.bin");

        // Parts of seven make the merge work; the second half of the text is the first again.
        var count = await new PasswordListImport(partSize: 7).RunAsync(workspace.Write("list.txt", string.Join("\r\n", lines.Concat(words))), file, default);

        Assert.Equal(1_000, count);
        Assert.Equal(8 + 8 * 1_000, new FileInfo(file).Length);
        using var list = PasswordList.Open(file);
        Assert.All(words, word => Assert.True(list.Contains(word), word));
        Assert.All(Enumerable.Range(1_000, 1_000), i => Assert.False(list.Contains($"word number {i}")));
        Assert.Equal(2, Directory.GetFiles(workspace.Folder).Length);
    }

    [Fact]
    public void The_shipped_list_holds_what_leaks_most()
    {
        using var list = PasswordList.Shipped();
        Assert.All(["123456", "password", "qwerty", "1q2w3e4r5t", "administrator", "unbelievable"], word => Assert.True(list.Contains(word), word));
        Assert.False(list.Contains("correct horse battery"));
        Assert.Equal(8 + 8 * 49_233, new FileInfo(Path.Combine(Checkout.Root, "src/IdentityProvider/Users/common-passwords.bin")).Length);
    }

    [Fact]
    public async Task The_command_makes_a_file_and_says_what_it_holds()
    {
        var output = Path.Combine(workspace.Folder, "list.bin");
        var (code, said, _) = await RunAsync("passwords", "import", workspace.Write("list.txt", "one\ntwo\none\n"), "--output", output);
        Assert.Equal((0, $"2 passwords in {output}"), (code, said.Trim()));
        Assert.Equal(1, (await RunAsync("passwords", "import", "/nowhere.txt", "--output", output)).Code);
        Assert.Equal(2, (await RunAsync("passwords")).Code);
        Assert.Equal(2, (await RunAsync("passwords", "import", "x")).Code);
    }

    [Theory]
    [InlineData("/nowhere.bin")]
    [InlineData("list.txt")]
    [InlineData("")]
    public async Task A_list_that_is_none_stops_the_start(string name)
    {
        var path = name.Length == 0 ? workspace.Folder : name[0] == '/' ? name : workspace.Write(name, "password\n");
        var refusal = await Assert.ThrowsAsync<IdentityProvider.Platform.Settings.SettingsException>(() => IdpHost.StartAsync(new IdpSetup { Settings = { ["Users:PasswordRules:ListFile"] = path } }));
        Assert.Contains("IdentityProvider:Users: PasswordRules:ListFile", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(CultureInfo.InvariantCulture), new StringWriter(CultureInfo.InvariantCulture));
        var code = await IdentityProviderCommands.RunAsync(args, _ => throw new InvalidOperationException("No server is needed."), output, error);
        return (code, output.ToString(), error.ToString());
    }

    [SuppressMessage("Security", "CA5350", Justification = "The form in which such lists are published.")]
    private static string Sha1(string text) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
