using System.Text.Json.Nodes;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.Pages;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>
/// What the admin API promises, written down. <c>admin-api.published.json</c> is the document that callers were promised last: whoever publishes a
/// release copies docs/reference/admin-api.json over it, and nobody else does, but who breaks a promise on purpose and says so in CHANGELOG.md.
/// </summary>
public sealed class PublishedApi
{
    [Fact]
    public async Task The_document_is_what_the_routes_say_and_breaks_nothing_that_was_published()
    {
        await using var host = await IdpHost.StartAsync();
        var now = ApiDocument.Of(host);
        var published = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "tests/IdentityProvider.Tests/House/admin-api.published.json")))!;
        Assert.Empty(BreakingChanges.Of(published, now));
        Snapshot.Matches("docs/reference/admin-api.json", JsonSchema.Text(now));
    }

    [Fact]
    public void A_change_that_breaks_callers_is_seen()
    {
        var before = JsonNode.Parse(Small)!;
        Assert.Empty(BreakingChanges.Of(before, JsonNode.Parse(Small)!));
        Assert.Equal(["/a: is gone"], Changed(now => now["paths"]!.AsObject().Remove("/a")));
        Assert.Equal(["get /a: is gone"], Changed(now => now["paths"]!["/a"]!.AsObject().Remove("get")));
        Assert.Equal(["post /a: takes name no more"], Changed(now => Schema(now, "In")["properties"]!.AsObject().Remove("name")));
        Assert.Equal(["post /a: now wants more"], Changed(now => { Schema(now, "In")["properties"]!["more"] = new JsonObject(); Schema(now, "In")["required"] = new JsonArray("more"); }));
        Assert.Equal(["get /a: answers name no more"], Changed(now => Schema(now, "Out")["properties"]!.AsObject().Remove("name")));
        Assert.Equal(["get /a: name has another type"], Changed(now => Schema(now, "Out")["properties"]!["name"]!["type"] = "integer"));
        Assert.Equal(["get /a: the parameter q is gone"], Changed(now => now["paths"]!["/a"]!["get"]!["parameters"] = new JsonArray()));
        Assert.Equal(["get /a: answers another status"], Changed(now => { var all = now["paths"]!["/a"]!["get"]!["responses"]!.AsObject(); all["202"] = all["200"]!.DeepClone(); all.Remove("200"); }));
        Assert.Empty(Changed(now => { Schema(now, "In")["properties"]!["more"] = new JsonObject(); Schema(now, "Out")["properties"]!["more"] = new JsonObject(); now["paths"]!["/b"] = new JsonObject(); }));

        string[] Changed(Action<JsonNode> change)
        {
            var now = JsonNode.Parse(Small)!;
            change(now);
            return [.. BreakingChanges.Of(before, now)];
        }

        static JsonNode Schema(JsonNode document, string name) => document["components"]!["schemas"]![name]!;
    }

    [Fact]
    public async Task It_is_shown_in_development_only_and_from_our_own_files()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using (var host = await IdpHost.StartAsync(new IdpSetup { Database = database.Options }))
        {
            using var page = await host.Http.GetAsync("/development/admin-api/");
            Assert.DoesNotContain("https://", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.DoesNotContain("https:", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs/reference/admin-api.json")), await host.Http.GetStringAsync("/development/admin-api.json"));
        }

        await using var production = await SecureHost.StartAsync(database.Options, TestDocument.Json);
        Assert.DoesNotContain(production.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>(), route => route.RoutePattern.RawText!.Contains("development/admin-api", StringComparison.Ordinal));
    }

    private const string Small = """
        {
          "paths": { "/a": {
            "get": { "parameters": [ { "name": "q", "in": "query", "required": false } ], "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Out" } } } } } },
            "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/In" } } } }, "responses": { "204": {} } } } },
          "components": { "schemas": { "Out": { "properties": { "name": { "type": "string" } } }, "In": { "properties": { "name": { "type": "string" } } } } }
        }
        """;
}

/// <summary>What of a document that was published is no longer true in another.</summary>
internal static class BreakingChanges
{
    public static IEnumerable<string> Of(JsonNode before, JsonNode now)
    {
        foreach (var (path, item) in before["paths"]!.AsObject())
        {
            if (now["paths"]![path] is not { } kept)
            {
                yield return $"{path}: is gone";
                continue;
            }

            foreach (var (method, operation) in item!.AsObject())
                if (kept[method] is not { } same)
                    yield return $"{method} {path}: is gone";
                else
                    foreach (var problem in Of(before, operation!, now, same))
                        yield return $"{method} {path}: {problem}";
        }
    }

    private static IEnumerable<string> Of(JsonNode before, JsonNode was, JsonNode now, JsonNode operation)
    {
        var (old, parameters) = (Named(was["parameters"]), Named(operation["parameters"]));
        foreach (var name in old.Keys.Where(name => !parameters.ContainsKey(name)))
            yield return $"the parameter {name} is gone";
        foreach (var (name, parameter) in parameters)
            if ((bool?)parameter["required"] == true && (!old.TryGetValue(name, out var earlier) || (bool?)earlier["required"] != true))
                yield return $"now wants the parameter {name}";
        foreach (var problem in Schema(before, Body(was["requestBody"]), now, Body(operation["requestBody"]), isInput: true, 0))
            yield return problem;
        foreach (var (status, response) in was["responses"]!.AsObject().Where(response => response.Key != "default"))
            if (operation["responses"]![status] is not { } same)
                yield return "answers another status";
            else
                foreach (var problem in Schema(before, Body(response), now, Body(same), isInput: false, 0))
                    yield return problem;
    }

    private static IEnumerable<string> Schema(JsonNode before, JsonNode? was, JsonNode now, JsonNode? schema, bool isInput, int depth)
    {
        (was, schema) = (Resolved(before, was), Resolved(now, schema));
        if (was is null || depth > 6)
            yield break;
        if (schema?["items"] is not null || was["items"] is not null)
            foreach (var problem in Schema(before, was["items"], now, schema?["items"], isInput, depth + 1))
                yield return problem;
        var wanted = was["required"]?.AsArray().Select(name => (string)name!).ToHashSet() ?? [];
        foreach (var name in isInput ? schema?["required"]?.AsArray().Select(name => (string)name!).Except(wanted) ?? [] : [])
            yield return $"now wants {name}";
        foreach (var (name, property) in was["properties"]?.AsObject() ?? [])
            if (schema?["properties"]?[name] is not { } same)
                yield return $"{(isInput ? "takes" : "answers")} {name} no more";
            else if (Resolved(before, property)?["type"]?.ToJsonString() != Resolved(now, same)?["type"]?.ToJsonString())
                yield return $"{name} has another type";
            else
                foreach (var problem in Schema(before, property, now, same, isInput, depth + 1))
                    yield return problem;
    }

    private static JsonNode? Resolved(JsonNode document, JsonNode? schema) =>
        (string?)schema?["$ref"] is { } reference ? document["components"]!["schemas"]![reference.Split('/')[^1]] : schema;

    private static JsonNode? Body(JsonNode? body) => body?["content"]?["application/json"]?["schema"];

    private static Dictionary<string, JsonNode> Named(JsonNode? parameters) => parameters?.AsArray().ToDictionary(parameter => (string)parameter!["name"]!, parameter => parameter!) ?? [];
}
