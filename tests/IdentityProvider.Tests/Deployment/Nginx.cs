using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;

namespace IdentityProvider.Tests.Deployment;

/// <summary>One line of its log: what was asked, what was answered, and the node that answered last.</summary>
internal sealed record Passed(string Method, string Path, int Status, string Node);

/// <summary>
/// A real nginx with the configuration that ships, on loopback, in a folder of its own. Of that file only names, ports and folders are
/// other ones, and each of those has to be in it.
/// </summary>
internal sealed partial class Nginx : IDisposable
{
    private readonly Workspace folder = new();
    private readonly string thumbprint;
    private readonly Process process;

    private Nginx(Uri issuer, int plainPort, string firstNode, string secondNode)
    {
        (Issuer, PlainPort) = (issuer, plainPort);
        thumbprint = WriteCertificate();
        var configuration = Changed(Checkout.Read("deploy/nginx/nginx.conf"),
            ("/tmp/", folder.Folder + "/"), ("node-a:8080", firstNode), ("node-b:8080", secondNode),
            ("listen 8080", $"listen 127.0.0.1:{plainPort.ToString(CultureInfo.InvariantCulture)}"), ("listen 8443", $"listen 127.0.0.1:{issuer.Port.ToString(CultureInfo.InvariantCulture)}"),
            ("/run/secrets/", folder.Folder + "/"), ("/dev/stdout", LogFile), ("/dev/stderr", Path.Combine(folder.Folder, "error.log")));

        // One process: whoever started it can end it, and its worker needs no user of its own to read this folder.
        process = Process.Start(new ProcessStartInfo(Executable, ["-p", folder.Folder, "-c", folder.Write("nginx.conf", configuration), "-g", "daemon off; master_process off;"]) { RedirectStandardError = true })!;
    }

    public static string Executable => Environment.GetEnvironmentVariable("NGINX") is { Length: > 0 } path ? path : "/usr/sbin/nginx";

    public Uri Issuer { get; }

    public int PlainPort { get; }

    private string LogFile => Path.Combine(folder.Folder, "access.log");

    public static async Task<Nginx> StartAsync(Uri issuer, string firstNode, string secondNode)
    {
        var nginx = new Nginx(issuer, IdpHost.FreePort(), firstNode, secondNode);
        await Eventually.HoldsAsync(async () =>
        {
            if (nginx.process.HasExited)
                throw new InvalidOperationException("nginx did not start: " + await nginx.process.StandardError.ReadToEndAsync());
            return IsListening(issuer.Port);
        });
        return nginx;
    }

    /// <summary>A way to it that trusts its certificate and nothing else, from an address of the loopback network.</summary>
    public SocketsHttpHandler WayFrom(string address = "127.0.0.1")
    {
        var way = Loopback.From(address);
        way.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == thumbprint;
        return way;
    }

    /// <summary>What went through it so far, without what the test asked to see where it stands.</summary>
    public List<Passed> Log()
    {
        using var file = new StreamReader(new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. Line().Matches(file.ReadToEnd()).Select(line => new Passed(line.Groups[1].Value, line.Groups[2].Value, int.Parse(line.Groups[3].Value, CultureInfo.InvariantCulture), line.Groups[4].Value))];
    }

    private string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        folder.Write("tls_certificate", certificate.ExportCertificatePem());
        folder.Write("tls_key", key.ExportPkcs8PrivateKeyPem());
        return certificate.GetCertHashString();
    }

    private static string Changed(string text, params (string From, string To)[] changes)
    {
        foreach (var (from, to) in changes)
            text = text.Contains(from, StringComparison.Ordinal) ? text.Replace(from, to, StringComparison.Ordinal) : throw new InvalidOperationException($"deploy/nginx/nginx.conf has no '{from}'.");
        return text;
    }

    private static bool IsListening(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    /// <summary>With several nodes asked, the last of them answered.</summary>
    [GeneratedRegex(@"""(\S+) (\S+)"" (\d+) .* node=(?:.*, )?(\S+) answered=", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Line();
}
