using System.Buffers.Text;
using System.Net;
using Xunit;

namespace IdentityProvider.Tests.Passkeys;

/// <summary>Every field of a registration made wrong once (in the manner of the FIDO conformance tests): refused, in words, and for its own reason.</summary>
public sealed class MutatedRegistrations(Ceremony ceremony) : IClassFixture<Ceremony>
{
    private static readonly Dictionary<string, (string Reason, Action<SoftwareAuthenticator> Change)> Mutations = new()
    {
        ["another credential type"] = ("credential_type", a => a.Tamper = c => c["type"] = "password"),
        ["no credential type"] = ("format", a => a.Tamper = c => c.Remove("type")),
        ["no id"] = ("format", a => a.Tamper = c => c.Remove("id")),
        ["another id"] = ("credential_id", a => a.Tamper = c => (c["id"], c["rawId"]) = (Base64Url.EncodeToString(new byte[32]), Base64Url.EncodeToString(new byte[32]))),
        ["an id that is no base64url"] = ("format", a => a.Tamper = c => (c["id"], c["rawId"]) = ("a+b/=", "a+b/=")),
        ["an id that is not the raw id"] = ("credential_id", a => a.Tamper = c => c["rawId"] = Base64Url.EncodeToString(new byte[32])),
        ["an id that is too long"] = ("credential_id", a => a.CredentialId = new byte[1024]),
        ["no response"] = ("format", a => a.Tamper = c => c.Remove("response")),
        ["the type of a sign-in"] = ("type", a => a.Client["type"] = "webauthn.get"),
        ["no type"] = ("format", a => a.Client["type"] = null),
        ["another challenge"] = ("challenge", a => a.Client["challenge"] = Base64Url.EncodeToString(new byte[32])),
        ["an empty challenge"] = ("challenge", a => a.Client["challenge"] = ""),
        ["no challenge"] = ("format", a => a.Client["challenge"] = null),
        ["another origin"] = ("origin", a => a.Origin = "https://evil.example"),
        ["an origin that starts alike"] = ("origin", a => a.Origin += ".evil.example"),
        ["an origin that ends alike"] = ("origin", a => a.Origin = "http://evil-" + a.Origin["http://".Length..]),
        ["another port"] = ("origin", a => a.Origin = "http://localhost:1"),
        ["another scheme"] = ("origin", a => a.Origin = a.Origin.Replace("http", "https", StringComparison.Ordinal)),
        ["an origin with a path"] = ("origin", a => a.Origin += "/"),
        ["no origin"] = ("format", a => a.Client["origin"] = null),
        ["from a frame"] = ("origin", a => a.Client["crossOrigin"] = true),
        ["from a frame of another site"] = ("origin", a => a.Client["topOrigin"] = "https://evil.example"),
        ["an unknown token binding"] = ("format", a => a.Client["tokenBinding"] = new { status = "maybe" }),
        ["client data that are no JSON"] = ("format", a => a.Tamper = c => c["response"]!["clientDataJSON"] = Base64Url.EncodeToString("{"u8)),
        ["no client data"] = ("format", a => a.Tamper = c => c["response"]!.AsObject().Remove("clientDataJSON")),
        ["another relying party"] = ("rp_id", a => a.RpId = "evil.example"),
        ["nobody there"] = ("user_presence", a => a.Flags = SoftwareAuthenticator.UserVerified),
        ["copied though it cannot be copied"] = ("backup_flags", a => a.Flags |= SoftwareAuthenticator.BackedUp),
        ["no credential"] = ("credential_data", a => a.Data = data => [.. data[..32], (byte)(data[32] & ~SoftwareAuthenticator.Attested), .. data[33..37]]),
        ["a credential nobody announced"] = ("format", a => a.Data = data => [.. data[..32], (byte)(data[32] & ~SoftwareAuthenticator.Attested), .. data[33..]]),
        ["a byte too many"] = ("format", a => a.Data = data => [.. data, 0]),
        ["a byte too few"] = ("public_key", a => a.Data = data => data[..^1]),
        ["extensions that are not there"] = ("format", a => a.Flags |= 128),
        ["short data"] = ("format", a => a.Data = data => data[..36]),
        ["an algorithm nobody offered"] = ("public_key", a => a.Algorithm = -8),
        ["an algorithm of another kind of key"] = ("public_key", a => a.Algorithm = -257),
        ["an algorithm of another curve"] = ("public_key", a => a.Algorithm = -36),
        ["no algorithm"] = ("public_key", a => a.Algorithm = 0),
        ["an unknown format"] = ("attestation", a => a.Format = "made-up"),
        ["a format of other case"] = ("attestation", a => a.Format = "None"),
        ["no attestation with a statement"] = ("attestation", a => a.Statement = (_, _) => [0xA1, 0x61, 0x61, 0x01]),
        ["a statement that is no map"] = ("attestation", a => a.Statement = (_, _) => [0x01]),
        ["half an attestation object"] = ("format", a => a.Attestation = o => o[..(o.Length / 2)]),
        ["no attestation object"] = ("format", a => a.Tamper = c => c["response"]!.AsObject().Remove("attestationObject")),
        ["an attestation object of nothing"] = ("format", a => a.Attestation = _ => [0xA0]),
        ["an attestation object without end"] = ("format", a => a.Attestation = _ => [.. Enumerable.Repeat((byte)0x81, 5000)]),
        ["transports that are none"] = ("format", a => a.Tamper = c => c["response"]!["transports"] = 1),
    };

    public static TheoryData<string> Names => [.. Mutations.Keys];

    [Theory, MemberData(nameof(Names))]
    public async Task Is_refused(string mutation)
    {
        var (reason, change) = Mutations[mutation];
        var authenticator = ceremony.Host.Authenticator();
        change(authenticator);
        Assert.Equal(reason, await ceremony.RegisterAsync(authenticator.Create));
    }

    public static TheoryData<string> Rubbish => ["null", "[]", "1", "\"text\"", "{}", "{\"response\":null}", "{", "\u0001", new string('[', 5000), new string('a', 20_000)];

    [Theory, MemberData(nameof(Rubbish))]
    public async Task What_is_no_response_at_all_is_refused(string text) =>
        Assert.Contains(await ceremony.RegisterAsync(_ => text), new[] { "format", "length" });

    [Fact]
    public async Task The_same_without_a_mutation_is_taken()
    {
        var authenticator = ceremony.Host.Authenticator();
        Assert.Null(await ceremony.RegisterAsync(authenticator.Create));
        Assert.Equal(HttpStatusCode.OK, ceremony.Browser.Page.Status);
        Assert.Equal("/account/passkeys?done=added", ceremony.Browser.Page.Url.PathAndQuery);
    }
}
