using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;
using IdentityProvider.Tool.Output;

namespace IdentityProvider.Tool.Doctor;

/// <summary>Asks a server without a token, and remembers what it saw of the certificate, a wrong one too.</summary>
internal sealed class Probe : IDisposable
{
    private readonly HttpClient http;
    private readonly CancellationToken ct;

    public Probe(Uri server, CancellationToken ct)
    {
        (Server, this.ct) = (server, ct);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            (Certificate, Errors) = (certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()), errors);
            return errors == SslPolicyErrors.None;
        };
        http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = 4 * 1024 * 1024 };
    }

    public Uri Server { get; }

    public X509Certificate2? Certificate { get; private set; }

    public SslPolicyErrors Errors { get; private set; }

    /// <summary>The server's word on what time it is, from its last answer.</summary>
    public DateTimeOffset? Date { get; private set; }

    /// <summary>A path of the server.</summary>
    public Uri this[string path] => new($"{Server.ToString().TrimEnd('/')}{path}");

    /// <exception cref="ToolException">There is no answer.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address)
    {
        var response = await Reach.Async(address, () => http.GetAsync(address, ct), ct);
        Date = response.Headers.Date ?? Date;
        return response;
    }

    /// <returns>The object, or what came in its place.</returns>
    public async Task<(JsonObject? Json, string Words)> JsonAsync(Uri address)
    {
        try
        {
            using var response = await GetAsync(address);
            if (!response.IsSuccessStatusCode)
                return (null, $"{address} answers {(int)response.StatusCode}");
            return Json.Parse(await response.Content.ReadAsStringAsync(ct), address.ToString()) is JsonObject json ? (json, "") : (null, $"{address} answers no JSON object");
        }
        catch (ToolException problem)
        {
            return (null, problem.Message);
        }
    }

    public void Dispose()
    {
        Certificate?.Dispose();
        http.Dispose();
    }
}
