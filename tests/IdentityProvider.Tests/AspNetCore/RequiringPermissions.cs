using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using IdentityProvider.AspNetCore;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;

namespace IdentityProvider.Tests.AspNetCore;

/// <summary>The package in an API of its own; the token's claims come in headers, so that each row of a table can have others.</summary>
public sealed class RequiringPermissions : IAsyncLifetime
{
    private readonly HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{IdpHost.FreePort()}") };
    private WebApplication api = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(http.BaseAddress!.OriginalString);
        builder.Logging.ClearProviders();
        builder.Services.AddAuthentication("Claims").AddScheme<AuthenticationSchemeOptions, ClaimsInHeaders>("Claims", null);
        builder.Services.AddPermissionAuthorization();
        api = builder.Build();
        api.MapGet("/open", () => "open");
        api.MapGet("/convention", () => "in").RequireScope("notes:write").RequirePermission("notes:delete");
        api.MapGet("/attribute", [RequireScope("notes:write"), RequirePermission("notes:delete")] () => "in");
        api.MapGet("/own", () => "in").RequirePermission("notes:delete:own");
        api.MapGet("/of/{owner}", async (string owner, ClaimsPrincipal caller, IAuthorizationService authorization) =>
            await authorization.RefuseAsync(caller, "notes:delete", owner == "nobody" ? null : owner, toSee: "notes:read") ?? Results.Text("in"));
        api.MapGet("/hidden/{owner}", async (string owner, ClaimsPrincipal caller, IAuthorizationService authorization) =>
            await authorization.RefuseAsync(caller, "notes:delete", owner) ?? Results.Text("in"));
        await api.StartAsync();
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await api.DisposeAsync();
    }

    [Theory]
    [InlineData("/convention", null, null, 401, "Bearer")]
    [InlineData("/attribute", null, null, 401, "Bearer")]
    [InlineData("/convention", "notes:read", "notes:delete", 403, "Bearer error=\"insufficient_scope\", scope=\"notes:write\"")]
    [InlineData("/attribute", "notes:read notes:writer", "notes:delete", 403, "Bearer error=\"insufficient_scope\", scope=\"notes:write\"")]
    [InlineData("/convention", "notes:write", "notes:delete:own notes:read", 403, "Bearer error=\"insufficient_scope\", error_description=\"This needs the permission notes:delete.\"")]
    [InlineData("/attribute", "", "", 403, "Bearer error=\"insufficient_scope\", error_description=\"This needs the permission notes:delete.\", scope=\"notes:write\"")]
    [InlineData("/convention", "notes:read notes:write", "notes:delete", 200, null)]
    [InlineData("/attribute", "notes:write", "x:y notes:delete:all", 200, null)]
    [InlineData("/own", "", "notes:delete", 403, "Bearer error=\"insufficient_scope\", error_description=\"This needs the permission notes:delete:own.\"")]
    [InlineData("/own", "", "notes:delete:own", 200, null)]
    [InlineData("/own", "", "notes:delete:all", 200, null)]
    public async Task A_route_says_what_is_missing(string path, string? scope, string? permissions, int status, string? words)
    {
        using var response = await SendAsync(path, scope, permissions);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(words, response.Headers.TryGetValues("WWW-Authenticate", out var said) ? Assert.Single(said) : null);
    }

    [Theory]
    [InlineData("/of/ada", "notes:delete:own", 200)]
    [InlineData("/of/grace", "notes:delete:own", 404)]
    [InlineData("/of/grace", "notes:delete:own notes:read:own", 404)]
    [InlineData("/of/grace", "notes:delete:own notes:read:all", 403)]
    [InlineData("/of/grace", "notes:delete notes:read", 404)]
    [InlineData("/of/ada", "notes:delete notes:read:own", 403)]
    [InlineData("/of/nobody", "notes:delete:own notes:read:own", 404)]
    [InlineData("/of/nobody", "notes:delete:all", 200)]
    [InlineData("/of/grace", "notes:delete:all", 200)]
    [InlineData("/hidden/grace", "notes:delete:own notes:read:all", 404)]
    [InlineData("/of/ADA", "notes:delete:own", 404)]
    public async Task All_opens_anybodys_object_own_only_the_callers_and_what_may_not_be_seen_is_not_there(string path, string permissions, int status)
    {
        using var response = await SendAsync(path, "", permissions);
        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Equal(status == 403, response.Headers.Contains("WWW-Authenticate"));
    }

    [Theory]
    [InlineData("notes")]
    [InlineData("Notes:delete")]
    [InlineData("notes:delete:mine")]
    [InlineData("notes:delete\n")]
    [InlineData("notes:\"delete\"")]
    [InlineData("")]
    public void A_mistyped_permission_does_not_become_a_route(string permission)
    {
        Assert.Throws<ArgumentException>(() => new RequirePermissionAttribute(permission));
        Assert.Throws<ArgumentException>(() => new RequireScopeAttribute("a\"b"));
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? scope, string? permissions)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (scope is not null)
            request.Headers.Add("X-Scope", scope);
        if (permissions is not null)
            request.Headers.Add("X-Permissions", permissions);
        return await http.SendAsync(request);
    }

    private sealed class ClaimsInHeaders(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (!Request.Headers.TryGetValue("X-Scope", out var scope))
                return Task.FromResult(AuthenticateResult.NoResult());
            var permissions = Request.Headers["X-Permissions"].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(held => new Claim("permissions", held));
            var caller = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ada"), new Claim("scope", scope.ToString()), .. permissions], "Claims"));
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(caller, Scheme.Name)));
        }
    }
}
