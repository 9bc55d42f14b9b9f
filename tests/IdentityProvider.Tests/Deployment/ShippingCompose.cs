using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Shutdown;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>The compose files, read as compose reads them. There is no container engine where these tests run: what can be known without one.</summary>
public sealed partial class ShippingCompose : IDisposable
{
    private const string Production = "deploy/compose/compose.yml", Demo = "docker-compose.yml";
    private static readonly JsonObject production = Yaml.Read(Checkout.Read(Production)).AsObject();
    private readonly Workspace workspace = new();

    public static TheoryData<string, string> Services
    {
        get
        {
            var services = new TheoryData<string, string>();
            foreach (var file in new[] { Production, Demo })
                foreach (var (name, _) in ServicesOf(file))
                    services.Add(file, name);
            return services;
        }
    }

    public void Dispose() => workspace.Dispose();

    [Theory, MemberData(nameof(Services))]
    public void A_service_can_write_nothing_become_nobody_and_is_the_same_tomorrow(string file, string name)
    {
        var service = ServicesOf(file)[name]!;
        Assert.True((bool?)service["read_only"]);
        Assert.Equal(["ALL"], Texts(service["cap_drop"]));
        Assert.Equal(["no-new-privileges:true"], Texts(service["security_opt"]));
        foreach (var key in new[] { "privileged", "cap_add", "pid", "ipc", "devices", "env_file" })
            Assert.Null(service[key]);
        Assert.DoesNotContain(Texts(service["volumes"]), volume => volume.Contains("docker.sock", StringComparison.Ordinal));

        var image = (string)service["image"]!;
        Assert.Matches(@"^[a-z/-]+:(\$\{IDP_VERSION:-)?[a-z0-9.-]+\}?$", image);
        Assert.DoesNotContain("latest", image, StringComparison.Ordinal);
        Assert.True(image.StartsWith("identityprovider:", StringComparison.Ordinal) || ((string?)service["user"])?.StartsWith('0') == false, "It is root.");
    }

    [Theory, MemberData(nameof(Services))]
    public void A_service_has_bounds_a_health_check_and_time_to_end(string file, string name)
    {
        if (file == Demo)
            return;
        var service = ServicesOf(file)[name]!;
        var limits = service["deploy"]!["resources"]!["limits"]!;
        Assert.All(["cpus", "memory"], limit => Assert.NotNull(limits[limit]));
        Assert.NotNull(service["pids_limit"]);
        Assert.NotNull(service["healthcheck"]);
        Assert.Equal(name == "migrate" ? "no" : "unless-stopped", (string?)service["restart"]);
        if (name.StartsWith("node-", StringComparison.Ordinal))
            Assert.True(TimeSpan.FromSeconds(int.Parse(((string)service["stop_grace_period"]!).TrimEnd('s'), CultureInfo.InvariantCulture)) > new ShutdownOptions().Timeout);
    }

    [Fact]
    public void Each_reaches_only_whom_it_needs()
    {
        var networks = production["networks"]!;
        Assert.All(["front", "data"], name => Assert.True((bool?)networks[name]!["internal"]));
        Assert.Equal("none", (string?)Service("redis")["network_mode"]);
        Assert.Equal(["data"], Networks("postgres"));
        Assert.Equal(["data"], Networks("migrate"));
        Assert.Equal(["outside", "front"], Networks("nginx"));
        foreach (var node in new[] { "node-a", "node-b" })
        {
            Assert.Null(Service(node)["ports"]);

            // One network with nginx: with two it could come from an address that the nodes do not trust.
            Assert.Single(Networks(node).Intersect(Networks("nginx")));
            Assert.Equal((string?)Service("nginx")["networks"]!["front"]!["ipv4_address"], Environment(node)["IdentityProvider__Network__TrustedProxies__0"]);
            Assert.Equal("service_completed_successfully", (string?)Service(node)["depends_on"]!["migrate"]!["condition"]);
        }

        // Only nginx is reached from elsewhere.
        Assert.All(ServicesOf(Production).Where(s => s.Key != "nginx").SelectMany(s => Texts(s.Value!["ports"])), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void Nginx_finds_its_nodes_and_its_certificate()
    {
        var configuration = Checkout.Read("deploy/nginx/nginx.conf");
        Assert.Contains("ASPNETCORE_HTTP_PORTS=8080", Checkout.Read("Dockerfile"), StringComparison.Ordinal);
        Assert.Equal(["node-a:8080", "node-b:8080"], Upstream().Matches(configuration).Select(server => server.Groups[1].Value));
        Assert.All(SecretFile().Matches(configuration), secret => Assert.Contains(secret.Groups[1].Value, Texts(Service("nginx")["secrets"])));
        Assert.All(Texts(Service("nginx")["ports"]), mapped => Assert.Contains($"listen {mapped.Split(':')[1]} ", configuration, StringComparison.Ordinal));
        Assert.Contains("../nginx/nginx.conf:/etc/nginx/nginx.conf:ro", Texts(Service("nginx")["volumes"]));
    }

    [Fact]
    public async Task Every_secret_is_made_once_and_the_server_takes_the_whole_configuration()
    {
        var made = await MakeSecretsAsync();
        var files = production["secrets"]!.AsObject().ToDictionary(secret => secret.Key, secret => Path.Combine(workspace.Folder, (string)secret.Value!["file"]!));
        Assert.All(files.Values, file => Assert.NotEmpty(File.ReadAllText(file)));
        Assert.Equal("IDP_HOST=id.example.com", File.ReadAllText(Path.Combine(workspace.Folder, ".env")).Trim());
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(workspace.Folder, "secrets")));
        Assert.Equal(made, await MakeSecretsAsync());
        Assert.Equal(32, Convert.FromBase64String(File.ReadAllText(files["master_key"]).Trim()).Length);

        foreach (var (name, service) in ServicesOf(Production))
            Assert.All(Texts(service!["secrets"]), secret => Assert.True(files.ContainsKey(secret), $"{name} wants {secret}."));
        foreach (var (name, role) in new[] { ("node-a", "server"), ("node-b", "server"), ("migrate", "owner") })
        {
            var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production", ContentRootPath = workspace.Folder, ApplicationName = "IdentityProvider.Host" });
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection(Environment(name).Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value)));
            builder.AddIdentityProvider();
            await using var app = builder.Build();
            app.UseIdentityProvider();
            var connection = new NpgsqlConnectionStringBuilder(app.Configuration["IdentityProvider:Database:ConnectionString"]);
            Assert.Equal(("postgres", $"identityprovider_{role}", File.ReadAllText(files[$"{role}_password"]).Trim()), (connection.Host, connection.Username, connection.Password));
        }
    }

    /// <summary>What the script made, by file, in a copy of the folder.</summary>
    private async Task<Dictionary<string, string>> MakeSecretsAsync()
    {
        var script = workspace.Write("make-secrets", Checkout.Read("deploy/compose/make-secrets"));
        using (var process = Process.Start(new ProcessStartInfo("bash", [script, "id.example.com"]) { RedirectStandardError = true })!)
        {
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(process.ExitCode == 0, said);
        }

        return Directory.GetFiles(Path.Combine(workspace.Folder, "secrets")).ToDictionary(file => file, File.ReadAllText);
    }

    private Dictionary<string, string> Environment(string service) => Service(service)["environment"]!.AsObject().ToDictionary(
        variable => variable.Key,
        variable => Variable().Replace((string)variable.Value!, "id.example.com").Replace("/run/secrets/", Path.Combine(workspace.Folder, "secrets") + "/", StringComparison.Ordinal));

    private static JsonNode Service(string name) => ServicesOf(Production)[name]!;

    private static JsonObject ServicesOf(string file) => (file == Production ? production : Yaml.Read(Checkout.Read(file)))["services"]!.AsObject();

    private static string[] Networks(string service) => Service(service)["networks"] is JsonObject named ? [.. named.Select(network => network.Key)] : Texts(Service(service)["networks"]);

    private static string[] Texts(JsonNode? list) => list is JsonArray items ? [.. items.Select(item => (string)item!)] : [];

    [GeneratedRegex(@"^\s+server ([a-z0-9:-]+) max_fails", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Upstream();

    [GeneratedRegex("/run/secrets/([a-z_]+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex SecretFile();

    [GeneratedRegex(@"\$\{IDP_HOST:\?[^}]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Variable();
}
