using System.Text.Json;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace IdentityProvider.Authorize;

/// <summary>
/// Errors that must not go to the client: without a redirect URI that is registered, a redirect would make this server an
/// open redirector (RFC 6749 section 4.1.2.1). They are shown to the person instead.
/// </summary>
internal static class AuthorizeErrors
{
    public static async Task<IResult> PageAsync(HttpContext http, OpenIddictResponse response, CancellationToken ct)
    {
        var services = http.RequestServices;
        var request = http.GetOpenIddictServerRequest();
        var client = request?.ClientId is { Length: > 0 } clientId ? await services.GetRequiredService<ClientCache>().FindAsync(clientId, ct) : null;
        var development = services.GetRequiredService<IWebHostEnvironment>().IsDevelopment();
        return new ErrorResult(new ErrorInfo(StatusCodes.Status400BadRequest, response.Error ?? Errors.InvalidRequest, response.ErrorDescription ?? "The request cannot be processed.")
        {
            Heading = "This sign-in link does not work",
            Advice = client is null
                ? "Go back to the application you were using and start again. If it happens again, tell the people who run it."
                : $"Go back to {client.DisplayName ?? client.ClientId} and start again. If it happens again, tell the people who run it.",
            ClientName = client?.DisplayName ?? client?.ClientId,
            ClientUri = client?.ClientUri,
            Details = development ? [.. Details(request, client)] : [],
        });
    }

    public static readonly ErrorInfo TooManyUnfinished = new(StatusCodes.Status429TooManyRequests, "slow_down", "Too many unfinished sign-ins from this network.")
    {
        Heading = "Too many attempts",
        Advice = "Wait 15 minutes, then try again.",
    };

    public static IResult TooManyOpen(HttpContext http) => new TooManyResult(TimeSpan.FromMinutes(15));

    /// <summary>For the developer at the keyboard: what came, what is registered, what was probably meant.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Details(OpenIddictRequest? request, Client? client)
    {
        yield return new("client_id received", request?.ClientId ?? "(none)");
        if (client is null || request?.RedirectUri is not { } received)
            yield break;
        yield return new("redirect_uri received", received);
        var registered = JsonSerializer.Deserialize<string[]>(client.RedirectUris ?? "[]")!;
        yield return new("redirect_uris registered", string.Join("\n", registered));
        if (NearestName.Of(received, registered) is { } nearest && nearest != received)
            yield return new("nearest match", nearest);
        yield return new("specification", "RFC 6749 section 3.1.2.3: compared character by character");
    }
}
