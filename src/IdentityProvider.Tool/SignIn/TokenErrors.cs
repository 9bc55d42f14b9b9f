using System.Text.Json;
using Duende.IdentityModel.Client;

namespace IdentityProvider.Tool.SignIn;

/// <summary>Why there is no token.</summary>
internal static class TokenErrors
{
    /// <summary>Null where the server said no, rather than that it could not be reached or is in trouble.</summary>
    public static ToolException? Unreachable(this TokenResponse response, Uri server) =>
        response.ErrorType == ResponseErrorType.Exception || (int)response.HttpStatusCode >= 500 ? new ToolException($"No answer from {server}: {response.Error}") : null;

    /// <summary>A wrong secret is a 401, of which the library keeps the reason phrase only.</summary>
    public static string Words(this TokenResponse response)
    {
        var json = response.Json is { ValueKind: JsonValueKind.Object } said ? said : Parse(response.Raw);
        string? Text(string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return $"{Text("error") ?? response.Error} {Text("error_description")}".TrimEnd();
    }

    private static JsonElement Parse(string? raw)
    {
        try
        {
            return raw is { Length: > 0 } ? JsonElement.Parse(raw) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
