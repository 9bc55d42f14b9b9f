using System.Security.Cryptography;
using System.Text;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.SigningKeys;
using IdentityProvider.Tests.House;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using Xunit;

namespace IdentityProvider.Tests.SigningKeys;

public sealed class StartingWithKeys : IAsyncLifetime
{
    private readonly FreshDatabase database = FreshDatabase.Of(DatabaseProvider.Sqlite);
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public Task InitializeAsync() => Node.CreateTablesAsync(database.Options);

    public Task DisposeAsync() => database.DisposeAsync().AsTask();

    [Fact]
    public async Task The_first_start_makes_one_key_for_each_algorithm_and_a_restart_keeps_them()
    {
        await using var first = new Node(database.Options, clock);
        await first.Ring.LoadAsync(default);
        await using var second = new Node(database.Options, clock);
        await second.Ring.LoadAsync(default);

        Assert.Equal(["ES256", "RS256", "PS256"], first.Ring.Published.Select(c => c.Algorithm));
        Assert.Equal(first.Ring.Published.Select(c => c.Kid), second.Ring.Published.Select(c => c.Kid));
        Assert.All(await first.Store.ListAsync(default), key => Assert.Equal(SigningKeyState.Active, key.State));
    }

    [Fact]
    public async Task Keys_have_the_size_and_the_name_their_standards_ask_for()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);

        Assert.Equal(2048, node.Ring.Current("RS256").Key.KeySize);
        Assert.Equal(2048, node.Ring.Current("PS256").Key.KeySize);
        Assert.Equal(256, node.Ring.Current("ES256").Key.KeySize);
        Assert.All(node.Ring.Published, c => Assert.Equal(Base64UrlEncoder.Encode(c.Key.ComputeJwkThumbprint()), c.Kid));
        Assert.Equal(3, node.Ring.Published.Select(c => c.Kid).Distinct().Count());
    }

    [Fact]
    public async Task The_engine_signs_with_ES256_first_knows_all_keys_and_encrypts_under_the_master_key()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        var options = node.Services.GetRequiredService<IOptionsMonitor<OpenIddictServerOptions>>().CurrentValue;

        Assert.Same(node.Ring.Current("ES256"), options.SigningCredentials[0]);
        Assert.Equal(node.Ring.Published.Select(c => c.Key), options.TokenValidationParameters.IssuerSigningKeys);
        var encryption = Assert.Single(options.EncryptionCredentials);
        Assert.Equal(node.Services.GetRequiredService<MasterKey>().Derive("openiddict-encryption"), Assert.IsType<SymmetricSecurityKey>(encryption.Key).Key);
        Assert.Equal((SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512), (encryption.Alg, encryption.Enc));
    }

    [Fact]
    public async Task No_private_key_can_be_read_in_the_files_of_the_database()
    {
        await using var node = new Node(database.Options, clock);
        await node.Ring.LoadAsync(default);
        var files = Directory.GetFiles(database.Folder).Select(ReadShared).ToList();
        var needles = new List<byte[]>();
        foreach (var credentials in node.Ring.Published)
        {
            AsymmetricAlgorithm pair = credentials.Key is RsaSecurityKey rsa ? rsa.Rsa : ((ECDsaSecurityKey)credentials.Key).ECDsa;
            var secret = pair is RSA r ? r.ExportParameters(true).D! : ((ECDsa)pair).ExportParameters(true).D!;
            needles.AddRange([secret, Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)[..^4]), Encoding.ASCII.GetBytes(Convert.ToHexString(secret)), Encoding.ASCII.GetBytes(Convert.ToHexStringLower(secret)), Encoding.ASCII.GetBytes(Base64UrlEncoder.Encode(secret))]);
            var pkcs8 = pair.ExportPkcs8PrivateKey();
            needles.AddRange([pkcs8, Encoding.ASCII.GetBytes(Convert.ToBase64String(pkcs8)[..60])]);

            // The search itself works: the public name of the key is there.
            Assert.Contains(files, file => Holds(file, Encoding.ASCII.GetBytes(credentials.Kid)));
        }

        needles.AddRange([Encoding.ASCII.GetBytes("PRIVATE KEY"), Encoding.ASCII.GetBytes("\"d\":")]);
        Assert.All(needles, needle => Assert.DoesNotContain(files, file => Holds(file, needle)));
    }

    [Fact]
    public async Task Another_master_key_stops_the_start_and_names_the_setting()
    {
        await using (var node = new Node(database.Options, clock))
            await node.Ring.LoadAsync(default);
        await using var stranger = new Node(database.Options, clock, master: "another master key");

        var failure = await Assert.ThrowsAsync<SettingsException>(() => stranger.Ring.LoadAsync(default));
        Assert.Contains("IdentityProvider:MasterKey", failure.Message, StringComparison.Ordinal);
        Assert.Empty(stranger.Ring.Published);
    }

    [Fact]
    public async Task A_ring_that_was_not_loaded_signs_nothing()
    {
        await using var node = new Node(database.Options, clock);
        Assert.Throws<InvalidOperationException>(() => node.Ring.Current("ES256"));
    }

    private static byte[] ReadShared(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static bool Holds(byte[] file, byte[] needle) => file.AsSpan().IndexOf(needle) >= 0;
}
