using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.SignIn;

/// <summary>A setting changes what new hashes are, and the next sign-in of each person what theirs is.</summary>
public sealed class RenewingHashes
{
    [Fact]
    public async Task A_sign_in_brings_the_hash_to_what_is_chosen_now_and_a_wrong_password_changes_nothing()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        string? before = null;
        foreach (var (prefix, settings) in new (string, Dictionary<string, string>)[]
        {
            ("$argon2id$v=19$m=19456,t=2,p=1$", []),
            ("$bcrypt-sha256$v=2,t=2b,r=12$", new() { ["Users:PasswordAlgorithm"] = "Bcrypt" }),
            ("$bcrypt-sha256$v=2,t=2b,r=13$", new() { ["Users:PasswordAlgorithm"] = "Bcrypt", ["Users:BcryptCost"] = "13" }),
            ("$argon2id$v=19$m=8192,t=3,p=1$", new() { ["Users:Argon2MemoryKiB"] = "8192", ["Users:Argon2Passes"] = "3" }),
        })
        {
            await using var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options, Settings = settings });
            Assert.True(before is null || before == await HashAsync(host));
            Assert.Empty((await SignInAsync(host, "not the password")).Query("code"));
            Assert.True(before is null || before == await HashAsync(host));
            Assert.NotEmpty((await SignInAsync(host, TestDocument.Password)).Query("code"));
            before = await HashAsync(host);
            Assert.StartsWith(prefix, before, StringComparison.Ordinal);
            Assert.NotEmpty((await SignInAsync(host, TestDocument.Password)).Query("code"));
            Assert.Equal(before, await HashAsync(host));
        }
    }

    private static Task<string?> HashAsync(IdpHost host) => host.InStoreAsync(db => db.Set<User>().Where(u => u.UserName == "ada").Select(u => u.PasswordHash).FirstAsync());

    private static async Task<BrowserPage> SignInAsync(IdpHost host, string password)
    {
        using var browser = new Browser(host);
        await browser.OpenAsync(new RelyingParty(host, "trusted").AuthorizeUrl());
        return await browser.SubmitAsync("Sign in", ("username", "ada"), ("password", password));
    }
}
