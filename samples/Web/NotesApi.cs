using System.Net.Http.Headers;

namespace Samples.Web;

internal sealed record Note(string Text, string Author, DateTimeOffset WrittenAt);

internal sealed class NotesApi(HttpClient http)
{
    public async Task<(IReadOnlyList<Note> Notes, string? Error)> ReadAsync(string accessToken, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/notes");
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            using var response = await http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync<List<Note>>(ct) ?? [], null);
        }
        catch (HttpRequestException e)
        {
            return ([], $"{e.Message} Is the API running? dotnet run --project samples/Api");
        }
    }

    public async Task<string?> PinAsync(string accessToken, string text, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/notes") { Content = JsonContent.Create(new { text }) };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
            using var response = await http.SendAsync(request, ct);
            return response.IsSuccessStatusCode ? null : $"The API answered {(int)response.StatusCode}.";
        }
        catch (HttpRequestException e)
        {
            return e.Message;
        }
    }
}
