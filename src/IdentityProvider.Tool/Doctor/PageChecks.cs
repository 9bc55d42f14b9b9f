using System.Net;

namespace IdentityProvider.Tool.Doctor;

/// <summary>The way of a browser to the sign-in page: where it is sent, and what it is given.</summary>
internal static class PageChecks
{
    private const int MostHops = 6;

    public static async Task<IReadOnlyList<Finding>> RunAsync(Probe probe)
    {
        try
        {
            return [.. await PageAsync(probe), .. await HealthAsync(probe)];
        }
        catch (ToolException problem)
        {
            return [new("sign-in page", Health.Fail, problem.Message)];
        }
    }

    private static async Task<List<Finding>> PageAsync(Probe probe)
    {
        var (address, cookies) = (probe["/account"], new List<string>());
        for (var hop = 0; hop < MostHops; hop++)
        {
            using var response = await probe.GetAsync(address);
            cookies.AddRange(response.Headers.TryGetValues("Set-Cookie", out var set) ? set : []);
            if (response.Headers.Location is not { } location)
                return [Page(address, response), .. Cookies(probe, cookies), .. Transport(probe, response)];
            var next = new Uri(address, location);
            if (next.GetLeftPart(UriPartial.Authority) != probe.Server.GetLeftPart(UriPartial.Authority))
                return [new("sign-in page", Health.Fail, $"{address.AbsolutePath} leads to {next.GetLeftPart(UriPartial.Authority)}", "The server takes another address for its own. Let the proxy pass on host and scheme, and set IdentityProvider:Issuer to the public address.")];
            address = next;
        }

        return [new("sign-in page", Health.Fail, $"redirected without end, last to {address.AbsolutePath}", "Does the proxy change addresses or drop cookies?")];
    }

    private static Finding Page(Uri address, HttpResponseMessage response) => response.StatusCode == HttpStatusCode.OK
        ? new("sign-in page", Health.Ok, $"{address.AbsolutePath} answers")
        : new("sign-in page", Health.Fail, $"{address.AbsolutePath} answers {(int)response.StatusCode}", "The server's log says why.");

    /// <summary>A browser that keeps no cookie signs nobody in: they come back to the sign-in page for ever.</summary>
    private static IEnumerable<Finding> Cookies(Probe probe, List<string> cookies)
    {
        var bad = cookies.Where(cookie => cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase) != (probe.Server.Scheme == "https") || !cookie.Contains("; httponly", StringComparison.OrdinalIgnoreCase)
            || !cookie.Contains("; samesite=", StringComparison.OrdinalIgnoreCase) || cookie.Contains("; domain=", StringComparison.OrdinalIgnoreCase)).Select(cookie => cookie.Split('=')[0]).Distinct().ToList();
        yield return bad.Count == 0
            ? new("cookies", Health.Ok, cookies.Count == 0 ? "none before a sign-in" : "secure, of this host, kept from scripts and other sites")
            : new("cookies", Health.Fail, $"{string.Join(", ", bad)}: without Secure over https or with it over http, or without HttpOnly or SameSite, or with a domain", "Browsers drop or leak such a cookie. The scheme of the issuer must be the one people use, and no proxy may rewrite cookies.");
    }

    private static IEnumerable<Finding> Transport(Probe probe, HttpResponseMessage response)
    {
        if (!response.Headers.Contains("Content-Security-Policy"))
            yield return new("headers", Health.Warn, "no Content-Security-Policy on the sign-in page", "The server sends one: let the proxy pass it on.");
        if (probe.Server.Scheme == "https")
            yield return response.Headers.Contains("Strict-Transport-Security")
                ? new("hsts", Health.Ok, "browsers come by https alone")
                : new("hsts", Health.Warn, "no Strict-Transport-Security", "Set IdentityProvider:Network:HstsMaxAge, and let the proxy pass the header on.");
    }

    /// <summary>Asked only where there is such an address.</summary>
    private static async Task<List<Finding>> HealthAsync(Probe probe)
    {
        var findings = new List<Finding>();
        foreach (var path in new[] { "/health/live", "/health/ready" })
        {
            using var response = await probe.GetAsync(probe[path]);
            if (response.StatusCode is HttpStatusCode.OK)
                findings.Add(new(path, Health.Ok, "answers"));
            else if ((int)response.StatusCode >= 500)
                findings.Add(new(path, Health.Fail, $"answers {(int)response.StatusCode}", "The server's log says what is missing."));
        }

        return findings;
    }
}
