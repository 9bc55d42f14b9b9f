using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>Which paths speak the protocol (answers are JSON) and which a person sees.</summary>
internal static class Routes
{
    public const string Authorize = "/connect/authorize";

    /// <summary>Everything of the admin API lies below; what breaks its callers gets another number.</summary>
    public const string AdminApi = "/api/admin/v1";

    public const string EndSession = "/connect/endsession";

    /// <summary>Below /federation/{name}: where a provider says that somebody signed out there.</summary>
    public const string BackchannelLogout = "/backchannel-logout";

    /// <summary>Here refusals are problem documents (RFC 9457).</summary>
    public static bool IsAdminApi(PathString path) => path.StartsWithSegments("/api/admin");

    public static bool IsProtocol(PathString path) => path.StartsWithSegments("/connect") || path.StartsWithSegments("/.well-known") || path.StartsWithSegments("/api")
        || (path.StartsWithSegments("/federation", out var provider) && provider.Value!.EndsWith(BackchannelLogout, StringComparison.OrdinalIgnoreCase));

    /// <summary>Protocol endpoints that a browser visits: their errors are pages.</summary>
    public static bool IsInteractive(PathString path) => !IsProtocol(path) || path == Authorize || path == EndSession;
}
