using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Metrics;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace IdentityProvider.Tests.Platform.Telemetry;

/// <summary>Every metric is described, and what is described, drawn and alerted on is there.</summary>
public sealed partial class KnowingMetrics
{
    private static readonly IReadOnlyList<Metric> All = [.. typeof(Store).Assembly.GetTypes().Where(type => !type.ContainsGenericParameters)
        .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
        .Where(field => field.FieldType == typeof(Metric)).Select(field => (Metric)field.GetValue(null)!).OrderBy(metric => metric.Name, StringComparer.Ordinal)];

    [Fact]
    public void The_list_of_metrics_is_checked_in()
    {
        var rows = All.Select(metric => $"| `{metric.Name}`<br>`{PrometheusName(metric)}` | {metric.Kind.ToString().ToLowerInvariant()}, `{metric.Unit}` | {metric.Description} | {string.Join("<br>", metric.Attributes.Select(attribute => $"`{attribute.Name}`: {attribute.Values}"))} |");
        Snapshot.Matches("docs/operate/metrics.md", $"""
            # Metrics

            Generated from the code and compared in a test; `UPDATE_SNAPSHOTS=1 dotnet test` writes it anew. The meter is `{ServerMeter.Name}`; below the name is the one
            Prometheus sees. How to get them: [monitoring.md](monitoring.md).

            | Metric | Kind, unit | Meaning | Attributes |
            | --- | --- | --- | --- |
            {string.Join('\n', rows)}
            """);
    }

    [Fact]
    public void Names_and_attributes_are_those_of_OpenTelemetry() => Assert.All(All, metric =>
    {
        Assert.Matches(@"\A(identityprovider|db\.client)(\.[a-z_]+)+\z", metric.Name);
        Assert.Matches(@"\A(s|\{[a-z_]+\})\z", metric.Unit);
        Assert.All(metric.Attributes, attribute => Assert.Matches(@"\A[a-z_]+(\.[a-z_]+)*\z", attribute.Name));
    });

    /// <summary>No client, person, address or path is a label: what a stranger sends makes no time series.</summary>
    [Fact]
    public async Task What_a_server_counts_is_what_is_described_and_a_stranger_adds_no_series()
    {
        var heard = new ConcurrentDictionary<string, ConcurrentDictionary<string, HashSet<string>>>();
        using var listener = new MeterListener();
        var port = IdpHost.FreePort();
        await using var host = await IdpHost.StartAsync(new IdpSetup { Settings = { ["Telemetry:PrometheusPort"] = $"{port}" } });
        var own = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Meter.Name != ServerMeter.Name || instrument.Meter.Scope != own)
                return;
            var metric = Assert.Single(All, metric => metric.Name == instrument.Name);
            Assert.Equal((metric.Unit, metric.Description), (instrument.Unit, instrument.Description));
            meters.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Hear(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Hear(instrument, tags));
        listener.Start();

        using var browser = new Browser(host);
        await browser.OpenAsync("/account");
        for (var stranger = 0; stranger < 5; stranger++)
        {
            await browser.SubmitAsync("Sign in", ("username", $"stranger-{stranger}"), ("password", "wrong"));
            await new RelyingParty(host, $"stranger-{stranger}").TokenAsync(("grant_type", $"strange-{stranger}"));
            await new RelyingParty(host, $"stranger-{stranger}").TokenAsync(("grant_type", "client_credentials"), ("scope", $"strange-{stranger}"));
            await browser.OpenAsync(new RelyingParty(host, $"stranger-{stranger}").AuthorizeUrl());
            await browser.OpenAsync("/account");
        }

        await new RelyingParty(host, "trusted").TokensAsync(browser, "openid offline_access", "grace");
        await Eventually.HoldsAsync(() => Task.FromResult(heard.ContainsKey(OutboxMeasurement.Age.Name)));
        foreach (var (name, attributes) in heard)
            foreach (var (attribute, values) in attributes)
            {
                Assert.Contains(attribute, All.Single(metric => metric.Name == name).Attributes.Select(a => a.Name));
                Assert.True(values.Count <= 25, $"{name} has {values.Count} values of {attribute}.");
                Assert.DoesNotContain(values, value => value.Contains("strange", StringComparison.Ordinal));
            }

        // What Prometheus reads of it has the names of the list, and those of the framework that the dashboard uses.
        using var prometheus = new HttpClient();
        var text = await prometheus.GetStringAsync(new Uri($"http://127.0.0.1:{port}/metrics"));
        var scraped = Scraped().Matches(text).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        foreach (var metric in All.Where(metric => heard.ContainsKey(metric.Name)))
            Assert.Contains(PrometheusName(metric), scraped);
        foreach (var file in new[] { "docs/operate/grafana-dashboard.json", "docs/operate/prometheus-alerts.yml" })
            Assert.All(Used(Checkout.Read(file)), name => Assert.True(name == "up" || scraped.Contains(name) || All.Any(metric => PrometheusName(metric) == name), $"{file} uses {name}, which nobody counts."));

        void Hear(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var attributes = heard.GetOrAdd(instrument.Name, _ => new());
            foreach (var (name, value) in tags)
            {
                var values = attributes.GetOrAdd(name, _ => []);
                lock (values)
                    values.Add($"{value}");
            }
        }
    }

    [Fact]
    public void The_dashboard_is_one_that_Grafana_takes()
    {
        using var json = JsonDocument.Parse(Checkout.Read("docs/operate/grafana-dashboard.json"));
        var panels = json.RootElement.GetProperty("panels").EnumerateArray().ToList();
        Assert.Equal(panels.Count, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels.Where(panel => panel.GetProperty("type").GetString() != "row"), panel =>
        {
            Assert.NotEqual(0, panel.GetProperty("targets").GetArrayLength());
            Assert.Equal("${datasource}", panel.GetProperty("datasource").GetProperty("uid").GetString());
            Assert.NotEqual("", panel.GetProperty("description").GetString());
        });
        Assert.All(All, metric => Assert.Contains(PrometheusName(metric) is var name && metric.Name == "identityprovider.password.hashes" ? "identityprovider_password_hash" : name, Checkout.Read("docs/operate/grafana-dashboard.json"), StringComparison.Ordinal));
    }

    /// <summary>Labels too: one that is misspelled matches nothing and alerts nobody.</summary>
    [Fact]
    public void Alerts_and_panels_ask_for_attributes_that_are_there()
    {
        string[] others = ["job", "le", "instance", "http_route", "http_response_status_code"];
        var known = All.SelectMany(metric => metric.Attributes).Select(attribute => attribute.Name.Replace('.', '_')).Concat(others).ToHashSet(StringComparer.Ordinal);
        foreach (var file in new[] { "docs/operate/grafana-dashboard.json", "docs/operate/prometheus-alerts.yml" })
        {
            var text = Checkout.Read(file).Replace("\\\"", "\"", StringComparison.Ordinal);
            var labels = Matched().Matches(text).Select(match => match.Groups[1].Value).Concat(Grouped().Matches(text).SelectMany(match => match.Groups[1].Value.Split(", "))).Distinct();
            Assert.All(labels, label => Assert.Contains(label, known));
        }
    }

    /// <summary>As the exporter makes it: dots are underscores, the unit is spelled out unless it says what is counted, a counter is a total.</summary>
    private static string PrometheusName(Metric metric) =>
        metric.Name.Replace('.', '_') + (metric.Unit == "s" ? "_seconds" : "") + (metric.Kind is MetricKind.Counter ? "_total" : "");

    private static IEnumerable<string> Used(string text) =>
        Names().Matches(text).Select(match => Regex.Replace(match.Value, "_(bucket|count|sum)$", "")).Distinct().Where(name => name != "identityprovider");

    [GeneratedRegex(@"^# TYPE (\S+) ", RegexOptions.Multiline)]
    private static partial Regex Scraped();

    [GeneratedRegex(@"\b(identityprovider_|db_client_|http_server_|dotnet_|kestrel_)[a-z0-9_]+")]
    private static partial Regex Names();

    [GeneratedRegex("[{,]([a-z_]+)(?:=~|!=|=|!~)\"")]
    private static partial Regex Matched();

    [GeneratedRegex(@"by \(([a-z_, ]+)\)")]
    private static partial Regex Grouped();
}
