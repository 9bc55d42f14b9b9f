using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Shutdown;
using IdentityProvider.Tests.House;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>The Helm chart: its values, their schema and its templates say the same. Debian has no helm, so nothing is rendered here.</summary>
public sealed partial class ShippingChart
{
    private const string Folder = "deploy/helm/identityprovider";

    /// <summary>Known to the schema and left out of the values: helm's own, and one that replaces the name of the release.</summary>
    private static readonly string[] Unset = ["global", "nameOverride"];

    private static readonly JsonNode values = Yaml.Read(Checkout.Read($"{Folder}/values.yaml"));
    private static readonly JsonNode schema = JsonNode.Parse(Checkout.Read($"{Folder}/values.schema.json"))!;
    private static readonly string templates = string.Join('\n', Checkout.Files($"{Folder}/templates").Select(Checkout.Read));

    [Fact]
    public void The_values_are_what_their_schema_says_and_wrong_ones_are_not()
    {
        Assert.Empty(SchemaCheck.Problems(values, schema));
        foreach (var (path, wrong) in new (string, JsonNode?)[]
        {
            ("issuer", "http://id.example.com"), ("issuer", null), ("replicas", 0L), ("replica", 2L), ("image.pullPolicy", "Sometimes"), ("settings.Email:From", "x"),
            ("ingress.enabled", "yes"), ("secrets.server", ""), ("metrics.port", 80L),
        })
        {
            var changed = values.DeepClone();
            var parts = path.Split('.');
            var at = parts[..^1].Aggregate(changed, (node, part) => node[part]!).AsObject();
            at.Remove(parts[^1]);
            if (wrong is not null)
                at[parts[^1]] = wrong.DeepClone();
            Assert.NotEmpty(SchemaCheck.Problems(changed, schema));
        }
    }

    [Fact]
    public void The_schema_knows_every_value_and_no_other()
    {
        var known = Leaves(schema).Where(path => !Unset.Contains(path)).Order(StringComparer.Ordinal);
        Assert.Equal(known, known.Where(path => Find(path) is (true, _)));
    }

    [Fact]
    public void Templates_use_every_value_and_no_other()
    {
        var used = Value().Matches(templates).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.DoesNotContain(used, path => !Unset.Contains(path) && Find(path) is (false, _));
        Assert.DoesNotContain(Leaves(schema), path => path != "global" && !used.Any(u => u == path || path.StartsWith(u + ".", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_block_is_closed_and_every_name_is_defined()
    {
        foreach (var file in Checkout.Files($"{Folder}/templates"))
        {
            var text = Checkout.Read(file);
            Assert.Equal(Opening().Count(text), Closing().Count(text));
        }

        var defined = Define().Matches(templates).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.DoesNotContain(Include().Matches(templates).Select(match => match.Groups[1].Value), name => !defined.Contains(name));
    }

    [Fact]
    public void Settings_of_values_and_templates_are_settings()
    {
        foreach (var (name, _) in values["settings"]!.AsObject())
            Assert.True(NamedSettings.Exists("IdentityProvider:" + name.Replace("__", ":", StringComparison.Ordinal)), name);
        Assert.True(TimeSpan.FromSeconds((long)values["terminationGracePeriodSeconds"]!) > new ShutdownOptions().Timeout);
    }

    [Fact]
    public void Pods_are_hardened_and_asked_how_they_are()
    {
        foreach (var part in new[] { "runAsNonRoot: true", "readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "drop: [ALL]", "type: RuntimeDefault" })
            Assert.Contains(part, templates, StringComparison.Ordinal);
        foreach (var file in new[] { "deployment", "migrate" })
        {
            var text = Checkout.Read($"{Folder}/templates/{file}.yaml");
            Assert.Contains("identityprovider.podSecurity", text, StringComparison.Ordinal);
            Assert.Contains("identityprovider.containerSecurity", text, StringComparison.Ordinal);
            Assert.Contains("automountServiceAccountToken: false", text, StringComparison.Ordinal);
        }

        Assert.Contains("path: /health/ready", templates, StringComparison.Ordinal);
        Assert.Contains("path: /health/live", templates, StringComparison.Ordinal);
        Assert.Contains("helm.sh/hook: pre-install,pre-upgrade", templates, StringComparison.Ordinal);
    }

    private static (bool Found, JsonNode? Value) Find(string path)
    {
        JsonNode? at = values;
        foreach (var part in path.Split('.'))
        {
            if (at is not JsonObject group || !group.TryGetPropertyValue(part, out at))
                return (false, null);
        }

        return (true, at);
    }

    private static IEnumerable<string> Leaves(JsonNode node, string path = "") => node["properties"] is JsonObject properties
        ? properties.SelectMany(property => Leaves(property.Value!, path.Length == 0 ? property.Key : $"{path}.{property.Key}"))
        : [path];

    [GeneratedRegex(@"\.Values\.([A-Za-z0-9.]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Value();

    [GeneratedRegex(@"\{\{-? *(if|range|with|define) ", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Opening();

    [GeneratedRegex(@"\{\{-? *end *-?\}\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Closing();

    [GeneratedRegex(@"define ""([a-zA-Z.]+)""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Define();

    [GeneratedRegex(@"include ""([a-zA-Z.]+)""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Include();
}
