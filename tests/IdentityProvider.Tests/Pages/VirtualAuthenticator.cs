using System.Text.Json;
using Microsoft.Playwright;

namespace IdentityProvider.Tests.Pages;

/// <summary>An authenticator of the DevTools protocol (domain WebAuthn), attached to one page.</summary>
internal sealed class VirtualAuthenticator
{
    private readonly ICDPSession session;
    private readonly string id;

    private VirtualAuthenticator(ICDPSession session, string id) => (this.session, this.id) = (session, id);

    public static async Task<VirtualAuthenticator> AttachAsync(Tab tab, bool verified = true)
    {
        var session = await tab.Context.NewCDPSessionAsync(tab.Page);
        await session.SendAsync("WebAuthn.enable", new() { ["enableUI"] = false });
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2",
                ["ctap2Version"] = "ctap2_1",
                ["transport"] = "internal",
                ["hasResidentKey"] = true,
                ["hasUserVerification"] = true,
                ["isUserVerified"] = verified,
                ["automaticPresenceSimulation"] = true,
            },
        });
        return new VirtualAuthenticator(session, added!.Value.GetProperty("authenticatorId").GetString()!);
    }

    public async Task<IReadOnlyList<JsonElement>> CredentialsAsync() =>
        [.. (await session.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = id }))!.Value.GetProperty("credentials").EnumerateArray()];

    /// <summary>Puts a credential taken from another authenticator into this one: a clone.</summary>
    public Task AddAsync(JsonElement credential, int? signCount = null)
    {
        var copy = credential.EnumerateObject().ToDictionary(p => p.Name, p => (object)p.Value);
        if (signCount is not null)
            copy["signCount"] = signCount;
        return session.SendAsync("WebAuthn.addCredential", new() { ["authenticatorId"] = id, ["credential"] = copy });
    }

    public Task RemoveAsync(JsonElement credential) =>
        session.SendAsync("WebAuthn.removeCredential", new() { ["authenticatorId"] = id, ["credentialId"] = credential.GetProperty("credentialId").GetString()! });

    /// <summary>Whether the person is there and can unlock it.</summary>
    public async Task SetAsync(bool present = true, bool verified = true)
    {
        await session.SendAsync("WebAuthn.setAutomaticPresenceSimulation", new() { ["authenticatorId"] = id, ["enabled"] = present });
        await session.SendAsync("WebAuthn.setUserVerified", new() { ["authenticatorId"] = id, ["isUserVerified"] = verified });
    }
}
