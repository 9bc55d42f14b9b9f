using Duende.IdentityModel.Client;

namespace IdentityProvider.Tool.SignIn;

/// <summary>The server's own word on where its endpoints are; taken only when it calls itself by the address that was asked.</summary>
internal static class Discovery
{
    public static async Task<DiscoveryDocumentResponse> ReadAsync(HttpClient http, Uri server, CancellationToken ct)
    {
        using var request = new DiscoveryDocumentRequest { Address = Servers.Text(server) };
        var document = await http.GetDiscoveryDocumentAsync(request, ct);
        ct.ThrowIfCancellationRequested();
        return document.IsError ? throw new ToolException($"There is no identity provider at {server}: {document.Error?.TrimEnd('.')}.") : document;
    }
}
