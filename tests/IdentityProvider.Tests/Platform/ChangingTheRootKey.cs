using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OtpNet;
using Xunit;

namespace IdentityProvider.Tests.Platform;

/// <summary>The key that a deployment holds changes by itself: nothing that is encrypted is written anew, and nobody notices.</summary>
public sealed class ChangingTheRootKey : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    public static TheoryData<DatabaseProvider> Providers => FreshDatabase.Providers;

    [Theory, MemberData(nameof(Providers))]
    public async Task Tokens_keys_and_second_factors_go_on_and_the_old_key_opens_nothing_any_more(DatabaseProvider provider)
    {
        await using var database = FreshDatabase.Of(provider);
        var (first, second, certificate) = (NewKey(), NewKey(), CertificateFile());
        var issuer = new Uri($"http://localhost:{IdpHost.FreePort()}");
        Task<IdpHost> StartAsync(string key, params (string, string)[] settings) =>
            IdpHost.StartAsync(new IdpSetup { Database = database.Options, Issuer = issuer, MasterKey = key, Settings = settings.ToDictionary() });

        string refreshToken, keys;
        await using (var host = await StartAsync(first))
        {
            using var browser = new Browser(host);
            refreshToken = (await new RelyingParty(host, "trusted").TokensAsync(browser, "openid offline_access"))["refresh_token"]!;
            keys = await host.Http.GetStringAsync("/.well-known/jwks");

            // A node with the new key beside one with the old.
            await using var other = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Issuer = issuer, Port = IdpHost.FreePort(), MasterKey = second, Settings = { ["FormerMasterKey"] = first } });
            Assert.Equal(keys, await other.Http.GetStringAsync("/.well-known/jwks"));
            refreshToken = (await new RelyingParty(other, "trusted").RefreshAsync(refreshToken))["refresh_token"]!;
            refreshToken = (await new RelyingParty(host, "trusted").RefreshAsync(refreshToken))["refresh_token"]!;
        }

        await using (await StartAsync(first))
        {
            // Its start took nothing away from the new one.
        }

        await using (var host = await StartAsync(second))
        {
            Assert.Equal(keys, await host.Http.GetStringAsync("/.well-known/jwks"));
            refreshToken = (await new RelyingParty(host, "trusted").RefreshAsync(refreshToken))["refresh_token"]!;
            using var browser = new Browser(host);
            await browser.OpenAccountAsync("/account", "otp");
            Assert.Equal("/account", (await browser.SubmitAsync("Continue", ("code", new Totp(Base32Encoding.ToBytes(TestDocument.TotpSecret)).ComputeTotp()))).Url.AbsolutePath);
        }

        var failure = await Assert.ThrowsAsync<SettingsException>(() => StartAsync(first));
        Assert.Contains("FormerMasterKey", failure.Message, StringComparison.Ordinal);

        await using (var host = await StartAsync("", ("MasterKeyCertificateFile", certificate), ("FormerMasterKey", second)))
            refreshToken = (await new RelyingParty(host, "trusted").RefreshAsync(refreshToken))["refresh_token"]!;
        await using (var host = await StartAsync("", ("MasterKeyCertificateFile", certificate)))
        {
            Assert.NotNull((await new RelyingParty(host, "trusted").RefreshAsync(refreshToken))["refresh_token"]);
            Assert.Equal(1, await host.InStoreAsync(db => db.Set<SealedMasterKey>().CountAsync()));
        }
    }

    [Fact]
    public async Task Nodes_that_start_at_once_on_an_empty_database_agree_on_a_key_that_is_not_their_root()
    {
        await using var services = new ServiceCollection().AddTestStore(workspace).BuildServiceProvider();
        await using (var scope = services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<Store>().Database.MigrateAsync();
        var root = RootKey.OfSecret(Convert.FromBase64String(NewKey()));
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store(services).Open(root, null))));
        Assert.Single(keys.Select(Convert.ToHexString).Distinct());
        Assert.NotEqual(root.AsMasterKey, keys[0]);
    }

    [Fact]
    public async Task A_database_from_before_goes_on_with_the_key_it_was_made_with()
    {
        await using var services = new ServiceCollection().AddTestStore(workspace).BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Store>();
        await db.Database.MigrateAsync();
        db.Add(new RingKey { Name = "key", Xml = "<key/>" });
        await db.SaveChangesAsync();
        var (root, next) = (RootKey.OfSecret(Convert.FromBase64String(NewKey())), RootKey.OfSecret(Convert.FromBase64String(NewKey())));
        Assert.Equal(root.AsMasterKey, Store(services).Open(next, root));
        Assert.Equal(root.AsMasterKey, Store(services).Open(next, null));
        Assert.Throws<SettingsException>(() => Store(services).Open(root, null));
    }

    private static MasterKeyStore Store(ServiceProvider services) => new(services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, NullLogger<MasterKeyStore>.Instance);

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private string CertificateFile()
    {
        using var rsa = RSA.Create(2048);
        using var certificate = new CertificateRequest("CN=root", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));
        return workspace.Write("root.pem", certificate.ExportCertificatePem() + "\n" + rsa.ExportPkcs8PrivateKeyPem());
    }
}
