using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Channels;
using MimeKit;

namespace IdentityProvider.Tests.Email;

/// <summary>A mail as it arrived: the envelope beside what was written.</summary>
internal sealed record ArrivedMail(string From, IReadOnlyList<string> To, string Raw, bool Encrypted, string? User)
{
    public MimeMessage Message { get; } = MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(Raw)));
}

/// <summary>A mail server on loopback (RFC 5321) with STARTTLS (RFC 3207), TLS from the start, and AUTH PLAIN (RFC 4954).</summary>
internal sealed class SmtpSink : IAsyncDisposable
{
    public const string User = "idp", Password = "a mail password";
    private readonly TcpListener listener;
    private readonly Channel<ArrivedMail> arrived = Channel.CreateUnbounded<ArrivedMail>();
    private readonly X509Certificate2 certificate = Issue();
    private readonly bool tlsFirst;
    private readonly Task accepting;

    public SmtpSink(int port = 0, bool tlsFirst = false)
    {
        this.tlsFirst = tlsFirst;
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>What the server says to a recipient: 250 unless a test says otherwise.</summary>
    public Func<string, string> Recipient { get; set; } = _ => "250 fine";

    /// <summary>Waited for before anything is said: a slow server.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public bool OffersStartTls { get; init; } = true;
    public ConcurrentQueue<ArrivedMail> All { get; } = [];

    public string Authority => certificate.ExportCertificatePem();

    public ValueTask<ArrivedMail> NextAsync() => arrived.Reader.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(TcpClient peer)
    {
        try
        {
            using (peer)
                await TalkAsync(peer.GetStream());
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var encrypted = tlsFirst;
        if (tlsFirst)
            stream = await EncryptAsync(stream);
        string? from = null, user = null;
        var to = new List<string>();
        var reader = new StreamReader(stream, Encoding.UTF8);
        await Ready;
        await SayAsync("220 sink ready");
        while (await reader.ReadLineAsync() is { } line)
        {
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(["250-sink", .. OffersStartTls && !encrypted ? new[] { "250-STARTTLS" } : [], "250-AUTH PLAIN", "250-SMTPUTF8", "250 8BITMIME"]);
                    break;
                case "STARTTLS":
                    await SayAsync("220 go on");
                    stream = await EncryptAsync(stream);
                    reader = new StreamReader(stream, Encoding.UTF8);
                    encrypted = true;
                    break;
                case "AUTH":
                    var parts = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Split('\0');
                    user = parts[1] == User && parts[2] == Password ? User : null;
                    await SayAsync(user is null ? "535 wrong" : "235 welcome");
                    break;
                case "MAIL":
                    (from, to) = (Between(line), []);
                    await SayAsync("250 fine");
                    break;
                case "RCPT":
                    var answer = Recipient(Between(line));
                    if (answer.StartsWith('2'))
                        to.Add(Between(line));
                    await SayAsync(answer);
                    break;
                case "DATA":
                    await SayAsync("354 go on");
                    Take(new ArrivedMail(from!, to, await DataAsync(reader), encrypted, user));
                    await SayAsync("250 taken");
                    break;
                case "QUIT":
                    await SayAsync("221 bye");
                    return;
                default:
                    await SayAsync("250 fine");
                    break;
            }
        }

        async Task SayAsync(params string[] lines) => await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\r\n"))));
    }

    private void Take(ArrivedMail mail)
    {
        All.Enqueue(mail);
        arrived.Writer.TryWrite(mail);
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(certificate);
        return tls;
    }

    private static async Task<string> DataAsync(StreamReader reader)
    {
        var data = new StringBuilder();
        while (await reader.ReadLineAsync() is { } line && line != ".")
            data.Append(line.StartsWith('.') ? line[1..] : line).Append("\r\n");
        return data.ToString();
    }

    private static string Between(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    private static X509Certificate2 Issue()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var issued = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(issued.Export(X509ContentType.Pkcs12), null);
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        certificate.Dispose();
    }
}
