using System.ComponentModel.DataAnnotations;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace IdentityProvider.Tests.Platform;

public class CheckingSettings
{
    private static readonly Dictionary<string, string?> Right = new()
    {
        ["IdentityProvider:Issuer"] = "https://id.example.com",
        ["IdentityProvider:MasterKey"] = Convert.ToBase64String(new byte[32]),
    };

    [Fact]
    public void Right_settings_pass()
    {
        Assert.Empty(Check());
        Assert.Empty(Check(
            ("IdentityProvider:Rooms:Limits:token:PerMinute", "3"), ("IdentityProvider:Rooms:Names:0", "a"), ("IdentityProvider:Rooms:Pause", "00:00:10"),
            ("identityprovider:rooms:nested:ratio", "0.5"), ("IdentityProvider:Database:Provider", "postgresql"), ("IdentityProvider:Database:ConnectionString", "Host=db;Database=idp"),
            ("Elsewhere:Anything", "x")));
    }

    [Fact]
    public void All_problems_are_said_at_once_each_with_its_remedy()
    {
        var problems = Check(
            ("IdentityProvider:Isuer", "https://id.example.com"),
            ("IdentityProvider:Issuer", null),
            ("IdentityProvider:MasterKey", "c2hvcnQ="),
            ("IdentityProvider:ProductName", ""),
            ("IdentityProvider:Database:Provider", "MySql"),
            ("IdentityProvider:Rooms:Pause", "soon"),
            ("IdentityProvider:Rooms:Limits:token:PerMinute", "many"),
            ("IdentityProvider:Rooms:Limits:token:PerHour", "3"),
            ("IdentityProvider:Rooms:Names", "a,b"),
            ("IdentityProvider:Rooms:Nested", "x"),
            ("IdentityProvider:Rooms:Count:Maximum", "3"),
            ("IdentityProvider:Sessions:Idle", "3"),
            ("IdentityProvider:Other:Level", "7"));
        Assert.Equal(
            [
                "IdentityProvider:Database:Provider: \"MySql\" is not one of the known values. Write Sqlite, PostgreSql, SqlServer.",
                "IdentityProvider:Issuer: is missing. Give it a value.",
                "IdentityProvider:Isuer: is no setting. Did you mean \"Issuer\"?",
                "IdentityProvider:MasterKey: is not 32 bytes in base64. Give 32 random bytes in base64, as `openssl rand -base64 32` prints them.",
                "IdentityProvider:Other: Level and Ceiling do not fit. Lower Level.",
                "IdentityProvider:Other:Level: is 7. Give 1 to 5.",
                "IdentityProvider:ProductName: is missing. Give it a value.",
                "IdentityProvider:Rooms:Count: is one value, not a group. Remove IdentityProvider:Rooms:Count:Maximum.",
                "IdentityProvider:Rooms:Limits:token:PerHour: is no setting. Remove it; IdentityProvider:Rooms:Limits:token has Burst, PerMinute.",
                "IdentityProvider:Rooms:Limits:token:PerMinute: \"many\" is not a whole number. Write digits only.",
                "IdentityProvider:Rooms:Names: is a list, not one value. Set IdentityProvider:Rooms:Names:0 and the like.",
                "IdentityProvider:Rooms:Nested: is a group of settings, not one value. Set IdentityProvider:Rooms:Nested:Ratio and the like.",
                "IdentityProvider:Rooms:Pause: \"soon\" is not a time span. Write hours:minutes:seconds, like 00:15:00.",
                "IdentityProvider:Sessions: is no setting. Remove it; IdentityProvider has Database, FormerMasterKey, FormerMasterKeyCertificateFile, FormerMasterKeyFile, Issuer, MasterKey, MasterKeyCertificateFile, MasterKeyFile, Other, ProductName, Rooms, SettingsFolder.",
            ],
            problems);
    }

    [Fact]
    public void Annotations_hold_in_lists_tables_and_nested_groups()
    {
        Assert.Equal(
            [
                "IdentityProvider:Rooms:Chain:1:Ratio: is 3. Give 0 to 1.",
                "IdentityProvider:Rooms:Limits:token:PerMinute: is 0. Give 1 to 100.",
                "IdentityProvider:Rooms:Nested:Ratio: is 2. Give 0 to 1.",
            ],
            Check(
                ("IdentityProvider:Rooms:Nested:Ratio", "2"), ("IdentityProvider:Rooms:Limits:token:PerMinute", "0"),
                ("IdentityProvider:Rooms:Chain:0:Ratio", "1"), ("IdentityProvider:Rooms:Chain:1:Ratio", "3")));
    }

    [Theory]
    [InlineData("http://id.example.com", "Development", "is http")]
    [InlineData("http://localhost:5000", "Production", "is http in Production")]
    [InlineData("https://id.example.com/?a=b", "Production", "query")]
    [InlineData("https://id.example.com/#a", "Production", "fragment")]
    [InlineData("https://me@id.example.com", "Production", "user name")]
    [InlineData("https://0.0.0.0", "Production", "public host name")]
    [InlineData("id.example.com", "Production", "absolute")]
    [InlineData("/id", "Production", "absolute")]
    [InlineData("ldap://id.example.com", "Production", "absolute")]
    public void An_issuer_others_cannot_trust_is_refused(string issuer, string environment, string says)
    {
        Assert.Contains(says, Assert.Single(Check(environment, ("IdentityProvider:Issuer", issuer))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://127.0.0.1:5000/")]
    [InlineData("http://[::1]:5000")]
    public void Development_may_use_http_on_loopback_and_needs_no_master_key(string issuer)
    {
        Assert.Empty(Check("Development", ("IdentityProvider:Issuer", issuer), ("IdentityProvider:MasterKey", null)));
    }

    [Fact]
    public void Production_needs_a_master_key_and_says_how_to_make_one()
    {
        var problem = Assert.Single(Check(("IdentityProvider:MasterKey", null)));
        Assert.StartsWith("IdentityProvider:MasterKey: is missing in Production.", problem, StringComparison.Ordinal);
        Assert.Contains("openssl rand -base64 32", problem, StringComparison.Ordinal);
        Assert.Contains("MasterKeyFile", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sqlite", "Data Source=:memory:", "forgets")]
    [InlineData("Sqlite", "Data Source=x;Mode=Memory", "forgets")]
    [InlineData("Sqlite", "Host=db;Password=hunter2", "is no connection string of Sqlite")]
    [InlineData("PostgreSql", "Data Source=data/identityprovider.db", "is no connection string of PostgreSql")]
    [InlineData("PostgreSql", "Database=idp", "names no server")]
    [InlineData("SqlServer", "Hosst=db;Password=hunter2", "is no connection string of SqlServer")]
    public void A_connection_string_that_cannot_work_is_refused_without_showing_it(string provider, string text, string says)
    {
        var problem = Assert.Single(Check(("IdentityProvider:Database:Provider", provider), ("IdentityProvider:Database:ConnectionString", text)));
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    private static IReadOnlyList<string> Check(params (string Key, string? Value)[] settings) => Check("Production", settings);

    private static IReadOnlyList<string> Check(string environment, params (string Key, string? Value)[] settings)
    {
        var values = new Dictionary<string, string?>(Right, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in settings)
            values[key] = value;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Where(pair => pair.Value is not null)).Build();
        var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration);
        services.AddSettings<IdentityProviderOptions>("");
        services.AddSettings<DatabaseOptions>("Database");
        services.AddSettings<RoomsOptions>("Rooms");
        services.AddSettings<OtherOptions>("Other").Validate(other => other.Level <= other.Ceiling, "Level and Ceiling do not fit. Lower Level.");
        try
        {
            SettingsCheck.Run(services.BuildServiceProvider(), configuration, new Environment(environment));
            return [];
        }
        catch (SettingsException exception)
        {
            Assert.All(exception.Problems, problem => Assert.Contains(problem, exception.Message, StringComparison.Ordinal));
            return exception.Problems;
        }
    }

    internal sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }

    internal sealed class RoomsOptions
    {
        public int Count { get; set; }

        public TimeSpan Pause { get; set; }

        public IList<string> Names { get; } = [];

        public IDictionary<string, LimitOptions> Limits { get; } = new Dictionary<string, LimitOptions>();

        public NestedOptions Nested { get; set; } = new();

        public IList<NestedOptions> Chain { get; } = [];
    }

    internal sealed class LimitOptions
    {
        [Range(1, 100)]
        public int PerMinute { get; set; } = 10;

        public int? Burst { get; set; }
    }

    internal sealed class NestedOptions
    {
        [Range(0d, 1d)]
        public double Ratio { get; set; }
    }

    internal sealed class OtherOptions
    {
        [Range(1, 5)]
        public int Level { get; set; } = 1;

        public int Ceiling { get; set; } = 3;
    }
}
