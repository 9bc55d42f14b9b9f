using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace IdentityProvider.Tests.Platform.Http;

/// <summary>10,000 seeded requests over every route: no input is our fault.</summary>
public sealed class FuzzingRoutes
{
    private const int Requests = 10_000, Seed = 20260101;

    [Fact]
    public async Task No_request_out_of_10000_makes_the_server_fail()
    {
        using var faults = new Faults();
        await using var host = await IdpHost.StartAsync(new IdpSetup
        {
            Log = faults,

            // A hash per guess would be most of the time and prove nothing here.
            Settings = { ["RateLimits:SignInPerAddress:Permits"] = "50", ["RateLimits:OpenSignInsPerAddress"] = "50" },
        });
        using var browser = new Browser(host);
        var client = new RelyingParty(host, "trusted");
        var tokens = await client.TokensAsync(browser, "openid profile offline_access notes:read");
        var session = browser.Cookies.GetCookieHeader(host.Issuer);
        using var stranger = new Browser(host);
        var ticket = (await stranger.OpenAsync(client.AuthorizeUrl("openid"))).Query("ticket");
        var device = await new RelyingParty(host, "device").PostAsync("/connect/device", ("scope", "openid"));
        string[] known = [tokens["access_token"]!, tokens["id_token"]!, tokens["refresh_token"]!, ticket, device["device_code"]!, device["user_code"]!, TestDocument.Secret];
        var routes = host.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/')).Append("/nothing/here").Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.Contains("/connect/token", routes);

        var statuses = new ConcurrentDictionary<HttpStatusCode, int>();
        var failures = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            using var request = new RandomRequest(Seed + i, host.Http.BaseAddress!, routes, known).Make();
            if (i % 3 == 0 && !request.Headers.Contains("Cookie"))
                request.Headers.TryAddWithoutValidation("Cookie", session);
            using var answer = await host.Http.SendAsync(request, ct);
            statuses.AddOrUpdate(answer.StatusCode, 1, (_, n) => n + 1);
            if ((int)answer.StatusCode >= 500)
                failures.Add($"{(Seed + i).ToString(CultureInfo.InvariantCulture)}: {request.Method} {request.RequestUri} -> {(int)answer.StatusCode}");
        });

        Assert.True(failures.IsEmpty && faults.Seen.IsEmpty, string.Join('\n', faults.Seen.Take(20).Concat(failures.Order(StringComparer.Ordinal).Take(20))));

        // It reached the rooms: pages, redirects, refusals and limits.
        Assert.Superset(new HashSet<HttpStatusCode> { HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed }, statuses.Keys.ToHashSet());
        Assert.Equal(HttpStatusCode.OK, (await client.RefreshAsync(tokens["refresh_token"]!)).Status);
    }

    /// <summary>Whatever the server logs as an error.</summary>
    private sealed class Faults : ILoggerProvider, ILogger
    {
        public ConcurrentBag<string> Seen { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                Seen.Add($"{formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}
