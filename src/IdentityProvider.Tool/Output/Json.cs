using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IdentityProvider.Tool.Output;

/// <summary>JSON as people read it: letters of all alphabets as they are, nothing that a terminal obeys.</summary>
internal static class Json
{
    public static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Short = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Outside of strings JSON has no character that is escaped here, and inside \u0000 means the same.
    public static string Text(JsonNode? node) => Plain.Lines(node?.ToJsonString(Indented) ?? "null");

    public static string OneLine(JsonNode? node) => Plain.Text(node?.ToJsonString(Short) ?? "null");

    /// <exception cref="ToolException">It is not JSON.</exception>
    public static JsonNode? Parse(string text, string source, int code = ExitCode.Misused)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 32, AllowDuplicateProperties = false });
        }
        catch (JsonException exception)
        {
            throw new ToolException($"{source} is not JSON: {exception.Message}", code);
        }
    }
}
