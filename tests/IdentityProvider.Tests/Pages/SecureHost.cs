using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Pages;

/// <summary>The server in Production, on https with a certificate made for the occasion.</summary>
internal static class SecureHost
{
    public static Task<IdpHost> StartAsync(DatabaseOptions database, string document)
    {
        var port = IdpHost.FreePort();
        var certificate = Certificate();
        return IdpHost.StartAsync(new IdpSetup
        {
            Environment = "Production",
            Database = database,
            Document = document,
            Issuer = new Uri($"https://localhost:{port}"),
            Services = services => services.Configure<KestrelServerOptions>(kestrel => kestrel.ListenLocalhost(port, listen => listen.UseHttps(certificate))),
        });
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
