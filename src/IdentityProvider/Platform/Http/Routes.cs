using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>Which paths speak the protocol (answers are JSON) and which a person sees.</summary>
internal static class Routes
{
    public const string Authorize = "/connect/authorize";
    public const string EndSession = "/connect/endsession";

    public static bool IsProtocol(PathString path) => path.StartsWithSegments("/connect") || path.StartsWithSegments("/.well-known");

    /// <summary>Protocol endpoints that a browser visits: their errors are pages.</summary>
    public static bool IsInteractive(PathString path) => !IsProtocol(path) || path == Authorize || path == EndSession;
}
