using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool.Api;

/// <summary>The server said no; the exception by which a command ends.</summary>
internal sealed class ApiRefusal(ApiProblem problem) : Exception(problem.Detail)
{
    public ApiProblem Problem { get; } = problem;
}

/// <summary>A problem document (RFC 9457), with what the person at the terminal can do about it.</summary>
internal sealed record ApiProblem(HttpStatusCode Status, string Kind, string Title, string Detail, IReadOnlyList<(string Field, string Text)> Errors, string? ErrorId, string? Challenge)
{
    private const string Prefix = "urn:identityprovider:problem:";

    public int ExitCode => Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? Tool.ExitCode.Forbidden : Tool.ExitCode.Failed;

    public string? Remedy => (Kind, Status) switch
    {
        ("insufficient_user_authentication", _) => Challenge?.Contains("max_age", StringComparison.Ordinal) == true
            ? "Sign out of the browser, or take a private window, and sign in anew: idp login"
            : "Sign in with a second factor: idp login",
        ("insufficient_scope", _) => "Sign in with the scope that is missing: idp login --scope ..., as far as the client is registered for it.",
        (_, HttpStatusCode.Unauthorized) => "Sign in: idp login",
        (_, HttpStatusCode.PreconditionFailed) => "Somebody changed it in the meantime. Look at it, and run the command again.",
        (_, HttpStatusCode.TooManyRequests) => "Wait a little, and run the command again.",
        _ => null,
    };

    public static ApiProblem Of(HttpResponseMessage response, JsonObject? body)
    {
        var errors = (body?["errors"] as JsonObject ?? []).SelectMany(field => (field.Value as JsonArray ?? []).Select(text => (field.Key, text?.ToString() ?? ""))).ToList();
        var type = Text(body, "type") ?? "";
        return new(
            response.StatusCode, type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : type, Text(body, "title") ?? response.ReasonPhrase ?? "",
            Text(body, "detail") ?? "", errors, Text(body, "errorId"), string.Join(", ", response.Headers.WwwAuthenticate));
    }

    public void WriteTo(TextWriter error)
    {
        error.WriteLine(Plain.Text($"{(int)Status} {Title}"));
        if (Detail.Length > 0)
            error.WriteLine(Plain.Text(Detail));
        foreach (var (field, text) in Errors)
            error.WriteLine(Plain.Text($"  {field}: {text}"));
        if (ErrorId is not null)
            error.WriteLine(Plain.Text($"Error id: {ErrorId}"));
        if (Remedy is not null)
            error.WriteLine(Remedy);
    }

    private static string? Text(JsonObject? body, string name) => body?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
