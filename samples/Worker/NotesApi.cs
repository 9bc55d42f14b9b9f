using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;

namespace Samples.Worker;

internal sealed record Note(string Text, string Author, DateTimeOffset WrittenAt);

internal sealed class NotesApi(IConfiguration configuration, AccessTokens tokens) : IDisposable
{
    private readonly HttpClient http = new()
    {
        BaseAddress = new Uri(configuration["Api:Url"] ?? "http://localhost:5082"),
        Timeout = TimeSpan.FromSeconds(10),
    };

    public async Task<List<Note>> ReadAsync(CancellationToken ct)
    {
        var token = await tokens.GetAsync(ct);
        var response = await GetAsync(token, ct);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            // A key may have been withdrawn before the token's time: one fresh token, one more try.
            response.Dispose();
            tokens.Drop(token);
            response = await GetAsync(await tokens.GetAsync(ct), ct);
        }
        using (response)
        {
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadFromJsonAsync<List<Note>>(ct) ?? [];
        }
    }

    private async Task<HttpResponseMessage> GetAsync(string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/notes");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, ct);
    }

    public void Dispose() => http.Dispose();
}
