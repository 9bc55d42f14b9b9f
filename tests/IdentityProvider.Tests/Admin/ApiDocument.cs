using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Tests.Admin;

/// <summary>Writes the OpenAPI document (3.1) of the admin API from its routes, the types they take and answer, and their XML docs.</summary>
internal sealed class ApiDocument
{
    private static readonly JsonSchema Inputs = new(JsonInput.PropertiesOf, JsonInput.NameOf, secretsByReference: false);
    private readonly SortedDictionary<string, JsonNode> schemas = new(StringComparer.Ordinal);

    public static JsonObject Of(IdpHost host)
    {
        var document = new ApiDocument();
        var paths = new JsonObject();
        foreach (var path in RoutesOf(host).GroupBy(PathOf).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var item = new JsonObject();
            foreach (var route in path.OrderBy(Method, StringComparer.Ordinal))
                item[Method(route).ToLowerInvariant()] = document.Operation(route);
            paths[path.Key] = item;
        }

        document.schemas["Problem"] = Problem();
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Admin API", ["version"] = "1", ["description"] = "docs/guide/admin-api.md says how to get in." },
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(document.schemas.Select(schema => KeyValuePair.Create(schema.Key, (JsonNode?)schema.Value))),
                ["responses"] = new JsonObject
                {
                    ["Refused"] = new JsonObject
                    {
                        ["description"] = "A refusal (RFC 9457).",
                        ["content"] = new JsonObject { [ProblemDocument.ContentType] = new JsonObject { ["schema"] = Reference("Problem") } },
                    },
                },
                ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An access token of this server for this server, or an API key." } },
            },
        };
    }

    public static IEnumerable<RouteEndpoint> RoutesOf(IdpHost host) =>
        host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Where(route => route.RoutePattern.RawText!.StartsWith(Routes.AdminApi, StringComparison.Ordinal));

    private static string Method(RouteEndpoint route) => route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods.Single();

    private static string PathOf(RouteEndpoint route) =>
        "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter ? $"{{{Snake(parameter.Name)}}}" : ((Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart)part).Content))));

    private JsonObject Operation(RouteEndpoint route)
    {
        var handler = route.Metadata.GetRequiredMetadata<MethodInfo>();
        var scopes = route.Metadata.GetRequiredMetadata<RequiredScopes>();
        var contracts = route.Metadata.GetOrderedMetadata<RouteContract>();
        var answer = contracts.FirstOrDefault(contract => contract.Status > 0) ?? throw new InvalidOperationException($"{PathOf(route)} does not say what it answers: Described.Answers.");
        var (takes, needsTag) = (contracts.Select(contract => contract.Takes).OfType<Type>().FirstOrDefault(), contracts.Any(contract => contract.NeedsTag));
        var text = XmlDocs.Of(handler) is { Length: > 0 } summary ? summary : throw new InvalidOperationException($"{handler} has no summary.");
        var operation = new JsonObject
        {
            ["summary"] = text.Split([". ", "; ", ": ", ", "], 2, StringSplitOptions.None)[0].TrimEnd('.'),
            ["operationId"] = $"{Snake(handler.DeclaringType!.Name.Replace("Api", "", StringComparison.Ordinal))}_{Snake(handler.Name.Replace("Async", "", StringComparison.Ordinal))}",
            ["tags"] = new JsonArray(scopes.Sets[0][0].Split(':')[3]),
            ["description"] = text,
            ["x-permissions"] = new JsonArray([.. route.Metadata.GetOrderedMetadata<NeededPermission>().Select(needed => (JsonNode)needed.Permission)]),
            ["x-scopes"] = new JsonArray([.. scopes.Sets.Select(set => (JsonNode)new JsonArray([.. set.Select(scope => (JsonNode)scope)]))]),
            ["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }),
        };
        if (Parameters(route, handler, needsTag).ToArray() is { Length: > 0 } parameters)
            operation["parameters"] = new JsonArray([.. parameters]);
        if (takes is not null)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Named(takes, isInput: true)) };
        var done = new JsonObject { ["description"] = "Done." };
        if (answer.Answers is not null)
            done["content"] = Content(Named(answer.Answers, isInput: false));
        operation["responses"] = new JsonObject { [$"{answer.Status}"] = done, ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Refused" } };
        return operation;
    }

    private static IEnumerable<JsonNode> Parameters(RouteEndpoint route, MethodInfo handler, bool needsTag)
    {
        foreach (var part in route.RoutePattern.Parameters)
            yield return Parameter("path", Snake(part.Name), true, new JsonObject { ["type"] = "string" }, part.ParameterPolicies.Any(policy => policy.Content == "guid") ? "uuid" : null, null);
        foreach (var parameter in handler.GetParameters())
        {
            if (parameter.IsDefined(typeof(AsParametersAttribute)))
                foreach (var property in parameter.ParameterType.GetProperties().Where(property => property.IsDefined(typeof(FromQueryAttribute))))
                    yield return Parameter("query", property.GetCustomAttribute<FromQueryAttribute>()!.Name!, false, Simple(property.PropertyType), null, XmlDocs.Of(property));
            else if (IsSimple(parameter.ParameterType) && route.RoutePattern.Parameters.All(part => part.Name != parameter.Name))
                yield return Parameter("query", parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!, false, Simple(parameter.ParameterType), null, null);
        }

        if (needsTag)
            yield return Parameter("header", "If-Match", true, new JsonObject { ["type"] = "string" }, null, "The ETag of what was read, or *.");
        if (Method(route) == HttpMethods.Post)
            yield return Parameter("header", Idempotency.Header, false, new JsonObject { ["type"] = "string", ["maxLength"] = 255 }, null, "The same request under the same key happens once.");
    }

    private static JsonObject Parameter(string place, string name, bool required, JsonObject schema, string? format, string? description)
    {
        if (format is not null)
            schema["format"] = format;
        var parameter = new JsonObject { ["name"] = name, ["in"] = place, ["required"] = required, ["schema"] = schema };
        if (description is { Length: > 0 })
            parameter["description"] = description;
        return parameter;
    }

    private JsonObject Named(Type type, bool isInput)
    {
        var name = type.Name;
        if (!schemas.ContainsKey(name))
            schemas[name] = isInput || type.GetConstructor([]) is not null ? Inputs.Of(type) : Answer(type);
        return Reference(name);
    }

    private JsonObject Answer(Type type)
    {
        var (properties, required) = (new JsonObject(), new JsonArray());
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always }))
        {
            var name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? Snake(property.Name);
            var schema = Value(property.PropertyType);
            if (XmlDocs.Of(property) is { Length: > 0 } text)
                schema["description"] = text;
            if (new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable && schema["type"] is { } plain)
                schema["type"] = new JsonArray(plain.DeepClone(), "null");
            properties[name] = schema;
            if (property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
                required.Add(name);
        }

        var answer = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required };
        if (XmlDocs.Of(type) is { Length: > 0 } summary)
            answer["description"] = summary;
        return answer;
    }

    private JsonObject Value(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (IsSimple(type))
            return Simple(type);
        if (typeof(JsonNode).IsAssignableFrom(type) || typeof(IDictionary).IsAssignableFrom(type) || type.Name.Contains("Dictionary", StringComparison.Ordinal))
            return new JsonObject { ["type"] = "object" };
        if (typeof(IEnumerable).IsAssignableFrom(type))
            return new JsonObject { ["type"] = "array", ["items"] = Value(type.GetGenericArguments()[0]) };
        return Named(type, isInput: false);
    }

    private static bool IsSimple(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type) is var plain && (plain.IsPrimitive || plain == typeof(string) || plain == typeof(Guid) || plain == typeof(DateTimeOffset));

    private static JsonObject Simple(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var t when t == typeof(bool) => new JsonObject { ["type"] = "boolean" },
        var t when t == typeof(Guid) => new JsonObject { ["type"] = "string", ["format"] = "uuid" },
        var t when t == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        var t when t == typeof(string) => new JsonObject { ["type"] = "string" },
        _ => new JsonObject { ["type"] = "integer" },
    };

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string", ["description"] = "urn:identityprovider:problem: and the kind; stays." },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string", ["description"] = "What to change, for people." },
            ["errors"] = new JsonObject { ["type"] = "object", ["description"] = "Every broken rule, by field.", ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string" } } },
            ["errorId"] = new JsonObject { ["type"] = "string", ["description"] = "Leads to the record in the log." },
        },
        ["required"] = new JsonArray("type", "title", "status", "detail", "errorId"),
    };

    private static JsonObject Content(JsonNode schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
