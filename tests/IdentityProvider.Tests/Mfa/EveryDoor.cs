using System.Reflection;
using System.Text;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Mfa;

/// <summary>Everything a browser can send to a server, read from the routes and pages it has, and what the database looks like afterwards.</summary>
internal static class EveryDoor
{
    /// <summary>What changes by asking, whoever asks: waiting requests, counters and challenges.</summary>
    private static readonly string[] Unsigned = ["StoredRequests", "RateCounters", "SpentIdentifiers", "DataProtectionKeys", "PasskeyChallenges"];

    /// <summary>Method and path of every route; of a page also with every handler it has.</summary>
    public static IEnumerable<(HttpMethod Method, string Path)> Of(IdpHost host)
    {
        var pages = typeof(Store).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(PageModel))).ToList();
        foreach (var endpoint in host.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>())
        {
            var path = Path(endpoint.RoutePattern);
            yield return (HttpMethod.Get, path);
            yield return (HttpMethod.Post, path);
            var model = endpoint.Metadata.GetMetadata<PageActionDescriptor>() is { } page ? pages.Find(t => page.ViewEnginePath.Replace('/', '.').EndsWith($".{t.Namespace!.Split('.', 2)[1]}.{t.Name}", StringComparison.Ordinal)) : null;
            foreach (var handler in model?.GetMethods().Where(m => m.Name.StartsWith("OnPost", StringComparison.Ordinal) && m.Name != "OnPostAsync") ?? [])
                yield return (HttpMethod.Post, $"{path}?handler={handler.Name["OnPost".Length..].Replace("Async", "", StringComparison.Ordinal)}");
        }
    }

    /// <summary>A value for everything that any page binds.</summary>
    public static Dictionary<string, string> Fields() => typeof(Store).Assembly.GetTypes().Where(t => t.IsAssignableTo(typeof(PageModel)))
        .SelectMany(t => t.GetProperties())
        .Select(p => (Property: p, Bound: p.GetCustomAttribute<BindPropertyAttribute>()))
        .Where(p => p.Bound is not null && p.Property.Name != "Ticket")
        .Select(p => p.Bound!.Name ?? p.Property.Name.ToLowerInvariant())
        .Concat(["name", "nickname", "app"]).Distinct()
        .ToDictionary(name => name, name => name is "app" or "id" ? Guid.Empty.ToString() : name is "name" or "nickname" ? "Mallory" : "1");

    /// <summary>All rows of all tables, as text, but for what was recorded of the attempts. Of sessions what they allow, not when they were last used.</summary>
    public static Task<string> DumpAsync(IdpHost host) => host.InStoreAsync(async db =>
    {
        var text = new StringBuilder();
        await db.Database.OpenConnectionAsync();
        foreach (var table in db.Model.GetEntityTypes().Select(t => t.GetTableName()).OfType<string>().Distinct().Except(Unsigned).Where(table => table is not ("Leases" or "HourlyCounts" or "DashboardState") && !table.StartsWith("Audit", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = table == "Sessions" ? "SELECT Id, UserId, HandleHash, AuthenticatedAt, ConfirmedAt, CompletedAt, Factors FROM Sessions" : $"SELECT * FROM \"{table}\"";
            await using var reader = await command.ExecuteReaderAsync();
            text.Append(table).Append('\n');
            while (await reader.ReadAsync())
                text.AppendJoin('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)).Append('\n');
        }

        return text.ToString();
    });

    private static string Path(Microsoft.AspNetCore.Routing.Patterns.RoutePattern pattern) => "/" + string.Join('/', pattern.PathSegments.Select(segment =>
        string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : Guid.Empty.ToString()))));
}
