using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using IdentityProvider.Platform;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Doctor.Looks;

/// <summary>Asks the issuer for its own document, the way clients do: through the proxy, with its certificate.</summary>
internal sealed class ReachLook(IOptions<IdentityProviderOptions> server, TimeProvider clock) : ILook
{
    private const int FewDays = 14, Largest = 256 * 1024;
    private DateTimeOffset? certificateEnds;
    private SslPolicyErrors errors;

    public async IAsyncEnumerable<Finding> LookAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var issuer = server.Value.Issuer.TrimEnd('/');
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        handler.SslOptions.RemoteCertificateValidationCallback = See;
        using var http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = Largest };
        var (answer, failure) = await AskAsync(http, new Uri(issuer + "/.well-known/openid-configuration"), ct);
        if (Certificate() is { } certificate)
            yield return certificate;
        if (answer is null)
        {
            yield return new("issuer", Level.Warning, $"{issuer} cannot be reached from this machine: {failure}", "If the server runs: look at the name in DNS, the proxy and the firewall. If it does not, start it and ask again.");
            yield break;
        }

        using (answer)
        {
            if (answer.Headers.Date is { } date)
                yield return Clocks.Compare("clock", "what answers at the issuer", date, clock.GetUtcNow());
            yield return Answered(issuer, answer, await answer.Content.ReadAsStringAsync(ct));
        }
    }

    private static Finding Answered(string issuer, HttpResponseMessage answer, string body) => answer.StatusCode switch
    {
        HttpStatusCode.OK when IssuerIn(body) is var said && said?.TrimEnd('/') == issuer => new("issuer", Level.Ok, $"{issuer} answers with its own document."),
        HttpStatusCode.OK => new("issuer", Level.Problem, $"{issuer} answers with a document of {IssuerIn(body) ?? "nobody"}.", "Clients refuse it. Set IdentityProvider:Issuer to the address that people open, the same on every node."),
        HttpStatusCode.MisdirectedRequest => new("issuer", Level.Problem, $"{issuer} reaches the server under another host name (421).", "Let the proxy pass the Host header on, or list its name in IdentityProvider:Network:FurtherHosts."),
        HttpStatusCode.PermanentRedirect or HttpStatusCode.BadRequest => new("issuer", Level.Problem, $"{issuer} reaches the server as http ({(int)answer.StatusCode}).", "List the proxy in IdentityProvider:Network:TrustedProxies and let it send X-Forwarded-Proto: https."),
        HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.ServiceUnavailable => new("issuer", Level.Warning, $"{issuer} answers {(int)answer.StatusCode}: the proxy finds no server that runs.", "Start the server, or look at where the proxy looks for it."),
        _ => new("issuer", Level.Problem, $"{issuer} answers {(int)answer.StatusCode} where its document should be.", "Look at what the proxy does with paths: it has to pass them on as they are, with the path of the issuer if that has one."),
    };

    private static string? IssuerIn(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("issuer", out var issuer) ? issuer.ToString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Finding? Certificate()
    {
        if (certificateEnds is not { } end)
            return null;
        var days = (int)Math.Floor((end - clock.GetUtcNow()).TotalDays);
        return (errors, days) switch
        {
            (_, < 0) => new("tls", Level.Problem, $"The certificate ended on {end:u}.", "Renew it."),
            (not SslPolicyErrors.None, _) => new("tls", Level.Problem, $"The certificate is not trusted on this machine: {errors}.", "Its name and chain must be right for every client: send the intermediate certificates too, and use one of a known authority."),
            (_, < FewDays) => new("tls", Level.Warning, string.Create(CultureInfo.InvariantCulture, $"The certificate ends in {days} days."), "Renew it, and let that happen by itself."),
            _ => new("tls", Level.Ok, string.Create(CultureInfo.InvariantCulture, $"The certificate is good for {days} days.")),
        };
    }

    /// <summary>What is not trusted is told and not spoken with.</summary>
    private bool See(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors found)
    {
        if (certificate is X509Certificate2 seen)
            certificateEnds = seen.NotAfter.ToUniversalTime();
        errors = found;
        return found == SslPolicyErrors.None;
    }

    private static async Task<(HttpResponseMessage? Answer, string? Failure)> AskAsync(HttpClient http, Uri url, CancellationToken ct)
    {
        try
        {
            return (await http.GetAsync(url, ct), null);
        }
        catch (HttpRequestException failure)
        {
            return (null, failure.Message);
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, "it did not answer within 10 seconds.");
        }
    }
}
