using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>What went wrong, in words for a person and in the code of the RFC. Carried to the error page or written as JSON.</summary>
internal sealed record ErrorInfo(int Status, string Code, string Description)
{
    public string Heading { get; init; } = "This did not work";
    public string Advice { get; init; } = "Go back to the application you were using and try again.";
    public string? ClientName { get; init; }
    public string? ClientUri { get; init; }

    /// <summary>What was received, what is registered, the nearest match. Shown in Development only.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Details { get; init; } = [];

    /// <summary>The id a person reads out and an operator finds in log and trace.</summary>
    public static string IdOf(HttpContext http)
    {
        if (http.Items["error_id"] is string known)
            return known;
        var id = Activity.Current?.TraceId.ToHexString() ?? RandomNumberGenerator.GetHexString(32, lowercase: true);
        http.Items["error_id"] = id;
        return id;
    }
}
