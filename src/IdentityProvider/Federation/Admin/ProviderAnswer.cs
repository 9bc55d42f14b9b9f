using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdentityProvider.Platform;
using IdentityProvider.UpstreamProviders;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Federation.Admin;

/// <summary>A provider as the admin API shows it: what a setup document says of it, without the secret, and what has to be known there.</summary>
internal sealed class ProviderAnswer(IOptions<IdentityProviderOptions> server)
{
    /// <summary>What is only told. A request may repeat it, so that an answer can be changed and sent back.</summary>
    public static readonly string[] ReadOnly = ["has_client_secret", "redirect_uri", "created_at"];

    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public JsonObject Of(UpstreamProvider row)
    {
        var json = JsonSerializer.SerializeToNode(ProviderMetadata.Of(row), Names)!.AsObject();
        json["has_client_secret"] = row.ProtectedClientSecret is not null;
        json["redirect_uri"] = $"{server.Value.Issuer.TrimEnd('/')}/federation/{row.Name}/callback";
        json["created_at"] = row.CreatedAt;
        return json;
    }
}
