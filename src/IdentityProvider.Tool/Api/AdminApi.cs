using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Output;
using IdentityProvider.Tool.SignIn;

namespace IdentityProvider.Tool.Api;

/// <summary>
/// The admin API over HTTP. What may be sent twice is sent again when the server is busy; a dry run reads, and keeps what it would have written.
/// </summary>
internal sealed class AdminApi(HttpClient http, Uri server, Credentials credentials, TimeProvider clock, bool isDryRun, CancellationToken ct)
{
    private const int Attempts = 4, PageSize = 200;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);
    private static readonly string[] Secrets = ["client_secret", "password", "password_hash", "totp_secret"];
    private readonly List<JsonObject> planned = [];

    public bool IsDryRun => isDryRun;

    public IReadOnlyList<JsonObject> Planned => planned;

    /// <summary>A name as one segment of a path.</summary>
    public static string Segment(string name) => name is "" or "." or ".." ? throw ToolException.Misused($"\"{name}\" is no name.") : Uri.EscapeDataString(name);

    public static string Query(string path, params IEnumerable<(string Name, string? Value)> parameters)
    {
        var query = string.Join('&', parameters.Where(parameter => parameter.Value is not null).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}"));
        return query.Length == 0 ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{query}";
    }

    public Task<ApiAnswer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    /// <summary>Rows of a list, page by page.</summary>
    /// <param name="path">The list, with its filters.</param>
    /// <param name="member">The member of an answer that has the rows.</param>
    /// <param name="most">How many are wanted.</param>
    /// <returns>The rows, and whether there are more.</returns>
    public async Task<(List<JsonObject> Rows, bool More)> ListAsync(string path, string member, int most = int.MaxValue)
    {
        var rows = new List<JsonObject>();
        string? after = null;
        while (true)
        {
            var page = (await GetAsync(Query(path, ("limit", $"{Math.Min(PageSize, most - rows.Count)}"), ("after", after)))).Object;
            rows.AddRange((page[member] as JsonArray ?? []).OfType<JsonObject>().Select(row => (JsonObject)row.DeepClone()));
            var next = page["next"]?.ToString();
            if (next is null || next == after || rows.Count >= most)
                return (rows, next is not null && rows.Count >= most);
            after = next;
        }
    }

    public async Task<ApiAnswer> SendAsync(HttpMethod method, string path, JsonNode? body = null, string? tag = null)
    {
        if (isDryRun && method != HttpMethod.Get)
        {
            planned.Add(Plan(method, path, body));
            return ApiAnswer.Unsent;
        }

        using var response = await SendAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString()), "application/json", tag);
        return await ReadAsync(response);
    }

    /// <summary>Sends bytes that are no single JSON object.</summary>
    public async Task<ApiAnswer> PostAsync(string path, byte[] body, string mediaType)
    {
        using var response = await SendAsync(HttpMethod.Post, path, body, mediaType, null);
        return await ReadAsync(response);
    }

    /// <summary>A body of any length.</summary>
    public async Task CopyAsync(string path, Stream target)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, "", null);
        if (!response.IsSuccessStatusCode)
            await ReadAsync(response);
        await response.Content.CopyToAsync(target, ct);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? body, string mediaType, string? tag)
    {
        var key = method == HttpMethod.Post ? Guid.CreateVersion7().ToString() : null;
        var (renewed, wait) = (false, TimeSpan.FromSeconds(1));
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, new Uri($"{server.ToString().TrimEnd('/')}/api/admin/v1/{path}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await credentials.TokenAsync(ct));
            if (key is not null)
                request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            if (tag is not null)
                request.Headers.TryAddWithoutValidation("If-Match", tag);
            if (body is not null)
                request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } };
            var response = await Reach.Async(server, () => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct), ct);
            if (response.StatusCode == HttpStatusCode.Unauthorized && !renewed && await credentials.RenewAsync(ct))
                renewed = true;
            else if (MayRepeat(response.StatusCode, method, key) && attempt < Attempts && WaitOf(response, wait) <= LongestWait)
            {
                await Task.Delay(WaitOf(response, wait), clock, ct);
                wait *= 2;
            }
            else
            {
                return response;
            }

            response.Dispose();
        }
    }

    /// <summary>What was counted out has not begun; a server in trouble may have done it, which only a key or a reading undoes.</summary>
    private static bool MayRepeat(HttpStatusCode status, HttpMethod method, string? key) =>
        status == HttpStatusCode.TooManyRequests || (status == HttpStatusCode.ServiceUnavailable && (key is not null || method == HttpMethod.Get));

    private TimeSpan WaitOf(HttpResponseMessage response, TimeSpan otherwise) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > clock.GetUtcNow() => date - clock.GetUtcNow(),
        _ => otherwise,
    };

    private async Task<ApiAnswer> ReadAsync(HttpResponseMessage response)
    {
        var text = await Reach.Async(server, () => response.Content.ReadAsStringAsync(ct), ct);
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        var body = text.Length > 0 && type.EndsWith("json", StringComparison.Ordinal) ? Json.Parse(text, $"The answer of {server}", ExitCode.Failed) : null;
        if (!response.IsSuccessStatusCode && (body is JsonObject || text.Length == 0) && (int)response.StatusCode >= 400)
            throw new ApiRefusal(ApiProblem.Of(response, body as JsonObject));
        if (!response.IsSuccessStatusCode || (text.Length > 0 && body is null))
            throw new ToolException($"{server} answered {(int)response.StatusCode} with {(type.Length > 0 ? type : "no JSON")}. Is there an identity provider at this address, and is the address its issuer?");
        return new ApiAnswer(response.StatusCode, body, response.Headers.ETag?.ToString());
    }

    private static JsonObject Plan(HttpMethod method, string path, JsonNode? body)
    {
        var request = new JsonObject { ["method"] = method.Method, ["path"] = $"/api/admin/v1/{path}" };
        if (body is not null)
            request["body"] = Masked(body.DeepClone());
        return request;
    }

    private static JsonNode Masked(JsonNode body)
    {
        if (body is JsonObject shown)
            foreach (var name in Secrets.Where(name => shown[name] is not null))
                shown[name] = "…";
        return body;
    }
}
