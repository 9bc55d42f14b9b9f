using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>Every field of a sign-in made wrong once: refused, in words, and for its own reason.</summary>
public sealed class MutatedSignIns(Ceremony ceremony) : IClassFixture<Ceremony>
{
    private const byte Right = SoftwareAuthenticator.UserPresent | SoftwareAuthenticator.UserVerified;

    private static readonly Dictionary<string, (string Reason, Action<SoftwareAuthenticator> Change)> Mutations = new()
    {
        ["another credential type"] = ("credential_type", a => a.Tamper = c => c["type"] = "password"),
        ["no credential type"] = ("format", a => a.Tamper = c => c.Remove("type")),
        ["no id"] = ("format", a => a.Tamper = c => c.Remove("id")),
        ["an unknown id"] = ("unknown_passkey", a => a.Tamper = c => (c["id"], c["rawId"]) = (Base64Url.EncodeToString(new byte[32]), Base64Url.EncodeToString(new byte[32]))),
        ["an id that is not the raw id"] = ("credential_id", a => a.Tamper = c => c["rawId"] = Base64Url.EncodeToString(new byte[32])),
        ["no response"] = ("format", a => a.Tamper = c => c.Remove("response")),
        ["the type of a registration"] = ("type", a => a.Client["type"] = "webauthn.create"),
        ["another challenge"] = ("challenge", a => a.Client["challenge"] = Base64Url.EncodeToString(new byte[32])),
        ["an empty challenge"] = ("challenge", a => a.Client["challenge"] = ""),
        ["no challenge"] = ("format", a => a.Client["challenge"] = null),
        ["another origin"] = ("origin", a => a.Origin = "https://evil.example"),
        ["an origin that starts alike"] = ("origin", a => a.Origin += ".evil.example"),
        ["no origin"] = ("format", a => a.Client["origin"] = null),
        ["from a frame"] = ("origin", a => a.Client["crossOrigin"] = true),
        ["from a frame of another site"] = ("origin", a => a.Client["topOrigin"] = "https://evil.example"),
        ["client data that are no JSON"] = ("format", a => a.Tamper = c => c["response"]!["clientDataJSON"] = Base64Url.EncodeToString("{"u8)),
        ["other client data than was signed"] = ("signature", a => a.Tamper = c => c["response"]!["clientDataJSON"] = Respaced((string)c["response"]!["clientDataJSON"]!)),
        ["another relying party"] = ("rp_id", a => a.RpId = "evil.example"),
        ["nobody there"] = ("user_presence", a => a.Flags = SoftwareAuthenticator.UserVerified),
        ["nobody verified"] = ("user_verification", a => a.Flags = SoftwareAuthenticator.UserPresent),
        ["copied though it cannot be copied"] = ("backup_flags", a => a.Flags = Right | SoftwareAuthenticator.BackedUp),
        ["suddenly made to be copied"] = ("backup_flags", a => a.Flags = Right | SoftwareAuthenticator.BackupEligible),
        ["short data"] = ("format", a => a.Data = data => data[..36]),
        ["a byte too many"] = ("format", a => a.Data = data => [.. data, 0]),
        ["a credential that is not there"] = ("format", a => a.Flags = Right | SoftwareAuthenticator.Attested),
        ["no data"] = ("format", a => a.Tamper = c => c["response"]!.AsObject().Remove("authenticatorData")),
        ["one bit of the signature"] = ("signature", a => a.Tamper = c => c["response"]!["signature"] = Flipped((string)c["response"]!["signature"]!)),
        ["half a signature"] = ("signature", a => a.Tamper = c => c["response"]!["signature"] = ((string)c["response"]!["signature"]!)[..32]),
        ["an empty signature"] = ("signature", a => a.Tamper = c => c["response"]!["signature"] = ""),
        ["no signature"] = ("format", a => a.Tamper = c => c["response"]!.AsObject().Remove("signature")),
        ["no user handle"] = ("user_handle", a => a.UserHandle = null),
        ["the handle of nobody"] = ("unknown_passkey", a => a.UserHandle = Encoding.UTF8.GetBytes(Guid.Empty.ToString())),
        ["a handle that is none"] = ("unknown_passkey", a => a.UserHandle = [0xFF, 0xFE]),
        ["a handle with more to it"] = ("unknown_passkey", a => a.UserHandle = [.. a.UserHandle!, (byte)' ']),
    };

    public static TheoryData<string> Names => [.. Mutations.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Is_refused(string mutation)
    {
        var (reason, change) = Mutations[mutation];
        var authenticator = new SoftwareAuthenticator(ceremony.Known);
        change(authenticator);
        Assert.Equal(reason, await ceremony.SignInAsync(authenticator.Get));
    }

    [Theory, MemberData(nameof(MutatedRegistrations.Rubbish), MemberType = typeof(MutatedRegistrations))]
    public async Task What_is_no_response_at_all_is_refused(string text) =>
        Assert.Contains(await ceremony.SignInAsync(_ => text), new[] { "format", "length" });

    [Fact]
    public async Task A_header_that_agrees_with_a_wrong_origin_does_not_help()
    {
        using var stranger = new Testing.Browser(ceremony.Host);
        await stranger.OpenLoginAsync();
        var (options, challenge) = await stranger.FetchOptionsAsync(ceremony.Host);
        var form = stranger.Page.Document.QuerySelector("form[data-passkey=get]")!;
        using var request = new HttpRequestMessage(HttpMethod.Post, ceremony.Host[form.GetAttribute("action")!])
        {
            Content = new FormUrlEncodedContent(
            [
                new("credential", new SoftwareAuthenticator(ceremony.Known) { Origin = "https://evil.example" }.Get(options)), new("challenge", challenge),
                new("__RequestVerificationToken", form.QuerySelector("input[name=__RequestVerificationToken]")!.GetAttribute("value")!),
            ]),
        };
        request.Headers.Add("Origin", "https://evil.example");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        var page = await stranger.GoAsync(request);
        Assert.Contains("could not be checked", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_without_a_mutation_is_taken()
    {
        using var other = new Testing.Browser(ceremony.Host);
        await other.OpenLoginAsync();
        Assert.Equal("/account/passkeys", (await other.UsePasskeyAsync(ceremony.Host, new SoftwareAuthenticator(ceremony.Known))).Url.AbsolutePath);
    }

    private static string Flipped(string base64Url)
    {
        var bytes = Base64Url.DecodeFromChars(base64Url);
        bytes[^1] ^= 1;
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Says the same in other bytes.</summary>
    private static string Respaced(string base64Url) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(JsonNode.Parse(Base64Url.DecodeFromChars(base64Url))!.ToJsonString() + " "));
}
