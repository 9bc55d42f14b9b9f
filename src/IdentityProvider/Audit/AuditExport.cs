using System.Text;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Storage;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Audit;

/// <summary>Records as a file, the oldest first: of the admin API, the console and the command alike.</summary>
internal static class AuditExport
{
    public static bool IsFormat(string? format) => format is "jsonl" or "csv";

    /// <summary>Sent as it is read, and recorded: whoever takes the audit out of the house leaves a trace in it.</summary>
    public static async Task SendAsync(HttpContext http, Store db, EventLog events, AuditFilter filter, string format, CancellationToken ct)
    {
        await events.RecordAsync(db, () => Task.FromResult<IEvent?>(new AuditExported(format, filter)), ct);
        http.Response.ContentType = format == "csv" ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"audit.{format}\"";
        http.Response.Headers.CacheControl = "no-store";
        await using var writer = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 16 * 1024);
        await WriteAsync(db, filter, format, writer, ct);
    }

    public static async Task WriteAsync(Store db, AuditFilter filter, string format, TextWriter writer, CancellationToken ct)
    {
        if (format == "csv")
            await writer.WriteAsync(AuditEntry.CsvHeader);
        await foreach (var record in filter.AllAsync(db, ct))
            await writer.WriteAsync(format == "csv" ? AuditEntry.CsvLine(record) : AuditEntry.JsonLine(record));
    }
}

/// <summary>Somebody took records out of the house.</summary>
internal sealed record AuditExported(string Format, AuditFilter Filter) : IEvent
{
    public string Name => "audit.exported";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("format", Format), .. Filter.Facts];
}
