using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace IdentityProvider.Platform.Http;

/// <summary>
/// A POST under an <c>Idempotency-Key</c> happens once (draft-ietf-httpapi-idempotency-key-header): the same request again gets the first
/// answer for a day. A request that was refused, or failed, has changed nothing and frees its key. Works on a connection of its own: whoever
/// comes at the same moment sees the claim.
/// </summary>
internal sealed class Idempotency(IServiceScopeFactory scopes, IDataProtectionProvider protection, IOptions<JsonOptions> json, TimeProvider clock)
{
    public const string Header = "Idempotency-Key";
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);
    private const int MaxLength = 255, MaxRounds = 5;

    private sealed record Answer(int Status, string? Tag, string? Location, string? Body);

    /// <summary>An endpoint filter; endpoints that bind their body themselves cannot use it, since it reads the body first.</summary>
    public static async ValueTask<object?> FilterAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var http = invocation.HttpContext;
        if (!HttpMethods.IsPost(http.Request.Method) || http.Request.Headers[Header] is not { Count: > 0 } given)
            return await next(invocation);
        if (given is not [{ } text] || Unquoted(text) is not { Length: > 0 and <= MaxLength } key || key.Any(c => c is < ' ' or > '~'))
            return Refusals.BadRequest($"{Header} is one value of 1 to {MaxLength} visible ASCII characters. A new UUID for each new request does.");
        return await http.RequestServices.GetRequiredService<Idempotency>().RunAsync(http, key, () => next(invocation));
    }

    private async Task<object?> RunAsync(HttpContext http, string key, Func<ValueTask<object?>> work)
    {
        var caller = http.User;
        var row = new IdempotentRequest
        {
            Id = Handle.Hash($"{caller.FindFirst("sub")?.Value}\n{caller.FindFirst("client_id")?.Value}\n{caller.FindFirst("api_key_id")?.Value}\n{key}"),
            Fingerprint = await FingerprintAsync(http),
            ExpiresAt = clock.GetUtcNow() + Kept,
        };
        if (await ClaimAsync(row, http.RequestAborted) is { } earlier)
            return Repeat(http, row, earlier);
        object? result;
        try
        {
            result = await work();
        }
        catch
        {
            await ChangeAsync(rows => rows.Where(r => r.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None));
            throw;
        }

        await KeepAsync(http, row, result);
        return result;
    }

    /// <returns>Null when the key is ours now; else who has it.</returns>
    private async Task<IdempotentRequest?> ClaimAsync(IdempotentRequest row, CancellationToken ct)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<Store>();
            var now = clock.GetUtcNow();
            await db.Set<IdempotentRequest>().Where(r => r.Id == row.Id && r.ExpiresAt <= now).ExecuteDeleteAsync(ct);
            if (await db.Set<IdempotentRequest>().AsNoTracking().FirstOrDefaultAsync(r => r.Id == row.Id, ct) is { } earlier)
                return earlier;
            if (await db.TryAddAsync(row, ct))
                return null;
        }

        return row;
    }

    private IResult Repeat(HttpContext http, IdempotentRequest row, IdempotentRequest earlier)
    {
        if (earlier.Fingerprint != row.Fingerprint)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused", $"Another request was sent under this {Header}. Give each a key of its own."));
        if (earlier.ProtectedAnswer is null)
            return new ErrorResult(new ErrorInfo(StatusCodes.Status409Conflict, "idempotency_key_in_use", "The first request under this key is still going on, or nobody knows how it ended. Wait a moment; then look whether it was done."));
        var answer = JsonSerializer.Deserialize<Answer>(Protector(row.Id).Unprotect(earlier.ProtectedAnswer))!;
        var headers = http.Response.Headers;
        (headers.CacheControl, headers["Idempotency-Replayed"]) = ("no-store", "true");
        if (answer.Tag is not null)
            headers.ETag = answer.Tag;
        if (answer.Location is not null)
            headers.Location = answer.Location;
        return answer.Body is null ? Results.StatusCode(answer.Status) : Results.Text(answer.Body, "application/json", Encoding.UTF8, answer.Status);
    }

    private async Task KeepAsync(HttpContext http, IdempotentRequest row, object? result)
    {
        if (result is not IStatusCodeHttpResult { StatusCode: null or (>= 200 and < 300) } done)
        {
            await ChangeAsync(rows => rows.Where(r => r.Id == row.Id).ExecuteDeleteAsync(CancellationToken.None));
            return;
        }

        var body = result is IValueHttpResult { Value: { } value } ? JsonSerializer.Serialize(value, value.GetType(), json.Value.SerializerOptions) : null;
        var headers = http.Response.Headers;
        var answer = new Answer(done.StatusCode ?? StatusCodes.Status200OK, headers.ETag, headers.Location, body);
        var sealedAnswer = Protector(row.Id).Protect(JsonSerializer.Serialize(answer));
        await ChangeAsync(rows => rows.Where(r => r.Id == row.Id).ExecuteUpdateAsync(set => set.SetProperty(r => r.ProtectedAnswer, sealedAnswer), CancellationToken.None));
    }

    private async Task ChangeAsync(Func<DbSet<IdempotentRequest>, Task<int>> change)
    {
        await using var scope = scopes.CreateAsyncScope();
        await change(scope.ServiceProvider.GetRequiredService<Store>().Set<IdempotentRequest>());
    }

    private IDataProtector Protector(string id) => protection.CreateProtector("idempotent answers", id);

    private static async Task<string> FingerprintAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        body.Position = 0;
        http.Request.Body = body;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{http.Request.Method}\n{http.Request.Path}{http.Request.QueryString}\n{http.Request.ContentType}\n"));
        hash.AppendData(body.GetBuffer().AsSpan(0, (int)body.Length));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The draft's form is a structured string in quotes; many clients send it bare.</summary>
    private static string Unquoted(string text) => text.Trim() is ['"', .. var inner, '"'] ? inner : text.Trim();
}
