using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>Which paths speak the protocol (answers are JSON) and which a person sees.</summary>
internal static class Routes
{
    public const string Authorize = "/connect/authorize";
    public const string EndSession = "/connect/endsession";

    /// <summary>Below /federation/{name}: where a provider says that somebody signed out there.</summary>
    public const string BackchannelLogout = "/backchannel-logout";

    public static bool IsProtocol(PathString path) => path.StartsWithSegments("/connect") || path.StartsWithSegments("/.well-known") || path.StartsWithSegments("/api")
        || (path.StartsWithSegments("/federation", out var provider) && provider.Value!.EndsWith(BackchannelLogout, StringComparison.OrdinalIgnoreCase));

    /// <summary>Protocol endpoints that a browser visits: their errors are pages.</summary>
    public static bool IsInteractive(PathString path) => !IsProtocol(path) || path == Authorize || path == EndSession;
}
