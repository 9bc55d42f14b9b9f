using IdentityProvider.Platform.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Scalar.AspNetCore;

namespace IdentityProvider.Admin.Server;

/// <summary>
/// The admin API to look at and try, in Development only: the document that is checked in, shown by Scalar from its own files. That page alone may
/// have inline styles, which Scalar sets from its script; nothing is loaded from or sent to anywhere else.
/// </summary>
internal static class ApiReference
{
    private const string Page = "/development/admin-api", Document = Page + ".json";

    public static void Map(IEndpointRouteBuilder routes)
    {
        if (!routes.ServiceProvider.GetRequiredService<IHostEnvironment>().IsDevelopment())
            return;
        routes.MapGet(Document, () => Results.Stream(typeof(ApiReference).Assembly.GetManifestResourceStream("admin-api.json")!, "application/json"));
        routes.MapScalarApiReference(Page, (options, http) =>
        {
            var nonce = Handle.Create();
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
            options.WithTitle("Admin API").WithOpenApiRoutePattern(Document).WithNonce(nonce).DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools().AddPreferredSecuritySchemes("bearer");
        });
    }
}
