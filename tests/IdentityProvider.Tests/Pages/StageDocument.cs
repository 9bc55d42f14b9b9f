using System.Text.Json;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Pages;

/// <summary>The clients and people that the pages show, among them some whose names attack the page.</summary>
internal static class StageDocument
{
    public const string Script = "<script>alert(1)</script>", Image = "\"><img src=x onerror=alert(1)>", Override = "evil\u202Egpj.exe\u2066\u2067";
    public static readonly string Long = string.Concat(Enumerable.Repeat("Wolfeschlegelstein", 4))[..60];

    /// <summary>Client ids whose display names are hostile, and the user names whose full names are.</summary>
    public static readonly (string Id, string Name)[] Hostile = [("script", Script), ("image", Image), ("override", Override), ("long", Long)];

    public static string Json(ClientSite client) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["clients"] = (object[])
        [
            Client(client, "web", "Corner Shop", new() { ["policy_uri"] = $"{client.Origin}privacy", ["tos_uri"] = $"{client.Origin}terms" }),
            Client(client, "trusted", "Corner Shop", new() { ["consent"] = "implicit" }),
            Client(client, "elsewhere", "Corner Staff", new() { ["local_sign_in"] = false, ["providers"] = new[] { "corner", "long" } }),
            Client(client, "nowhere", "Corner Attic", new() { ["local_sign_in"] = false, ["providers"] = new[] { "shut" } }),
            .. Hostile.Select(h => Client(client, h.Id, h.Name, [])),
            .. Hostile.Prepend(("device", "Living room TV")).Select(h => Device(h.Item1 == "device" ? h.Item1 : $"{h.Item1}-tv", h.Item2)),
        ],
        ["apis"] = (object[])
        [
            new Dictionary<string, object>
            {
                ["identifier"] = TestDocument.Api, ["display_name"] = "Notes",
                ["scopes"] = (object[])[new { name = "notes:read", description = "Read your notes" }, new { name = "notes:write", description = "Write notes for you" }],
            },
        ],
        ["providers"] = (object[])[Provider("corner", "Corner ID"), Provider("long", Long), Provider("shut", "Shut ID", enabled: false)],
        ["users"] = (object[])
        [
            User("ada", "Ada Lovelace", email: "ada@example.test"), User("zoe", "Zoe Neuling", email: "zoe@example.test"), User("victim", "Vic Tim"), User("warden", "Wanda Warden", email: "warden@example.test"), User("keys", "Kay Keys"), User("step", "Stef Step", email: "step@example.test"), User("changer", "Chan Ger", email: "changer@example.test"),
            .. new[] { "forgetful", "absent", "dreamy" }.Select(name => User(name, $"{name} person", email: $"{name}@example.test")), User("otp", "Otto Tipp", TestDocument.TotpSecret),
            .. Hostile.Select(h => User(h.Id, h.Name)),
        ],
    });

    private static Dictionary<string, object> Client(ClientSite client, string id, string name, Dictionary<string, object> more)
    {
        more["client_id"] = id;
        more["client_name"] = name;
        more["client_secret"] = TestDocument.Secret;
        more["token_endpoint_auth_method"] = id == "trusted" ? "client_secret_post" : "client_secret_basic";
        more["grant_types"] = new[] { "authorization_code", "refresh_token" };
        more["redirect_uris"] = new[] { client.Callback, client.Relay };
        more["post_logout_redirect_uris"] = new[] { client.Bye };
        more["client_uri"] = client.Origin.ToString();
        more.TryAdd("providers", new[] { "corner" });
        more["scope"] = "openid profile email offline_access notes:read notes:write";
        return more;
    }

    private static object Provider(string name, string title, bool enabled = true) => new { name, display_name = title, issuer = "http://127.0.0.1:1", client_id = "us", enabled };

    private static Dictionary<string, object> Device(string id, string name) => new()
    {
        ["client_id"] = id,
        ["client_name"] = name,
        ["token_endpoint_auth_method"] = "none",
        ["application_type"] = "native",
        ["grant_types"] = new[] { "urn:ietf:params:oauth:grant-type:device_code" },
        ["scope"] = "openid profile notes:read",
    };

    private static Dictionary<string, object> User(string username, string name, string? totp = null, string? email = null)
    {
        var user = new Dictionary<string, object> { ["username"] = username, ["name"] = name, ["password"] = TestDocument.Password };
        if (totp is not null)
            user["totp_secret"] = totp;
        if (email is not null)
            user["email"] = email;
        return user;
    }
}
