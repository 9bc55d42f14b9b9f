using System.Net;
using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Api;

/// <summary>What the server answered, with the tag by which the thing is changed.</summary>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonNode? Body, string? Tag)
{
    /// <summary>Of a request that a dry run did not send.</summary>
    public static readonly ApiAnswer Unsent = new(HttpStatusCode.NoContent, null, null);

    /// <exception cref="ToolException">It is something else.</exception>
    public JsonObject Object => Body as JsonObject ?? throw new ToolException("The server answered something that is no JSON object. Is it of this version?");
}
