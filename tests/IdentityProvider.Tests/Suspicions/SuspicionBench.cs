using System.Net;
using IdentityProvider.Platform.Events;
using IdentityProvider.Suspicions;
using IdentityProvider.Tests.Audit;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Suspicions;

/// <summary>Attacks a server, and looks at what it noticed.</summary>
internal static class SuspicionBench
{
    /// <summary>Cheap hashes, and a proxy that says where each try comes from.</summary>
    public static readonly Dictionary<string, string> Settings = new()
    {
        ["Network:TrustedProxies:0"] = "127.0.0.1",
        ["Users:Argon2MemoryKiB"] = "7168",
        ["Users:Argon2Passes"] = "1",
    };

    /// <summary>One wrong password for each name.</summary>
    public static async Task TryAsync(this IdpHost host, string address, IEnumerable<string> names, int times = 1)
    {
        using var browser = new Browser(host) { Address = address };
        await browser.OpenAsync("/account");
        foreach (var name in names)
            for (var i = 0; i < times; i++)
                await browser.SubmitAsync("Sign in", ("username", name), ("password", "winter 2026!"));
    }

    public static async Task SignInAsync(this IdpHost host, string address, string username)
    {
        using var browser = new Browser(host) { Address = address };
        if ((await browser.OpenAccountAsync("/account", username)).Status != HttpStatusCode.OK)
            throw new InvalidOperationException($"{username} did not get in.");
    }

    public static IEnumerable<string> Names(int from, int count) => Enumerable.Range(from, count).Select(i => $"guessed{i}");

    /// <summary>What is suspicious of all that is recorded, after a look at it.</summary>
    public static async Task<List<AuditRecord>> NoticedAsync(this IdpHost host)
    {
        await host.AuditAsync();
        await host.Services.GetRequiredService<SprayWatch>().RunOnceAsync(default);
        return (await host.AuditAsync()).FindAll(record => record.Name.StartsWith("suspicious.", StringComparison.Ordinal) && record.Name != NewDevice.EventName);
    }
}
