using System.Text.Json;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;

namespace IdentityProvider.ClientRegistration;

/// <summary>
/// What a client says of itself (RFC 7591 section 2), as far as it may. Everything else of its metadata has the value of a client that nobody vouches for:
/// people are asked, PKCE is required, no account and no other audience. What is not known here is ignored, as section 2 demands; a software statement too.
/// </summary>
internal static class SelfDescription
{
    private static readonly string[] Taken =
    [
        "redirect_uris", "token_endpoint_auth_method", "grant_types", "response_types", "client_name", "client_uri", "logo_uri", "scope", "contacts", "tos_uri", "policy_uri",
        "jwks", "application_type", "post_logout_redirect_uris", "backchannel_logout_uri", "backchannel_logout_session_required", "id_token_signed_response_alg",
    ];

    private static readonly string[] GrantTypes = ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"];

    /// <param name="json">What was sent.</param>
    /// <param name="clientId">The id of the client.</param>
    /// <param name="secret">What stands for its secret, where it needs one.</param>
    /// <param name="allowed">The scopes it may have at most.</param>
    /// <param name="today">Of the server.</param>
    public static (ClientMetadata Metadata, IReadOnlyList<Problem> Problems) Read(JsonElement json, string clientId, string secret, IReadOnlyCollection<string> allowed, DateOnly today)
    {
        var given = new JsonObject();
        foreach (var member in json.EnumerateObject().Where(member => Taken.Contains(member.Name)))
            given[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        var metadata = new ClientMetadata { ClientId = clientId };
        List<Problem> problems = [.. JsonInput.Fill(metadata, JsonSerializer.SerializeToElement(given))];
        if (metadata.TokenEndpointAuthMethod is "client_secret_basic" or "client_secret_post")
            metadata.ClientSecret = secret;
        if (!given.ContainsKey("scope"))
            metadata.Scope = string.Join(' ', allowed.Where(scope => scope != ScopeNames.OfflineAccess || metadata.GrantTypes.Contains("refresh_token")));
        problems.AddRange(metadata.ScopeNames.Take(50).Where(scope => !allowed.Contains(scope)).Select(scope => new Problem("scope", $"\"{Constraints.Shown(scope)}\" is not for clients that register themselves.")));
        problems.AddRange(metadata.GrantTypes.Where(grant => !GrantTypes.Contains(grant)).Take(5).Select(grant => new Problem("grant_types", $"\"{Constraints.Shown(grant)}\" is not for clients that register themselves.")));
        if (metadata.GrantTypes.Count == 0)
            problems.Add(new("grant_types", "is empty. Name at least one."));

        // People read it and decide by it: nothing in it may hide or turn the text around.
        if (PersonalFacts.Problem("name", metadata.ClientName, today) is { } hidden)
            problems.Add(new("client_name", $"cannot be shown. {hidden}."));
        problems.AddRange(metadata.Validate());
        return (metadata, problems);
    }
}
