using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Samples.DeviceConsole;

internal sealed record Note(string Text, string Author, DateTimeOffset WrittenAt);

internal static class Notes
{
    public static async Task<bool> PrintAsync(HttpClient http, string api, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(api), "/notes"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            foreach (var note in await response.Content.ReadFromJsonAsync<List<Note>>(ct) ?? [])
                Console.WriteLine($"  - {note.Text} ({note.Author})");
            return true;
        }
        catch (HttpRequestException e)
        {
            Console.Error.WriteLine($"The Notes API at {api} did not give its notes: {e.Message}. Start it with: dotnet run --project samples/Api");
            return false;
        }
    }
}
