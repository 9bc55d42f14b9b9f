using IdentityProvider.Platform;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace IdentityProvider.Tests.Platform;

/// <summary>Settings that lie in files: one by one, in a mounted folder, and as systemd's credentials.</summary>
public sealed class ReadingSettingFiles : IDisposable
{
    private const string Connection = "IdentityProvider:Database:ConnectionString", Folder = "IdentityProvider:SettingsFolder";
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [Fact]
    public void A_setting_with_FILE_behind_its_name_is_what_the_file_holds()
    {
        var (configuration, problems) = Read((Connection + "_FILE", workspace.Write("any name", "Host=db;Password=a=b \n")));
        Assert.Empty(problems);
        Assert.Equal("Host=db;Password=a=b ", configuration[Connection]);
    }

    [Fact]
    public void A_folder_holds_settings_by_the_names_of_their_variables()
    {
        workspace.Write("IdentityProvider__Database__ConnectionString", "Host=db");
        workspace.Write("IdentityProvider__Network__TrustedProxies__0", "10.0.0.7\n");
        workspace.Write("tls_key", "not ours");
        var (configuration, problems) = Read((Folder, workspace.Folder));
        Assert.Empty(problems);
        Assert.Equal(("Host=db", "10.0.0.7", null), (configuration[Connection], configuration["IdentityProvider:Network:TrustedProxies:0"], configuration["tls_key"]));
    }

    /// <summary>Kubernetes mounts names that lead over a folder that is replaced as a whole.</summary>
    [Fact]
    public void A_folder_of_links_is_read_through()
    {
        var mount = Directory.CreateDirectory(Path.Combine(workspace.Folder, "mount")).FullName;
        Directory.CreateDirectory(Path.Combine(mount, "..2026"));
        File.WriteAllText(Path.Combine(mount, "..2026", "IdentityProvider__MasterKey"), "key");
        Directory.CreateSymbolicLink(Path.Combine(mount, "..data"), "..2026");
        File.CreateSymbolicLink(Path.Combine(mount, "IdentityProvider__MasterKey"), "..data/IdentityProvider__MasterKey");
        Assert.Equal("key", Read((Folder, mount)).Configuration["IdentityProvider:MasterKey"]);
    }

    [Fact]
    public void Credentials_of_systemd_are_read_without_a_setting()
    {
        workspace.Write("IdentityProvider__MasterKey", "key\n");
        var manager = new ConfigurationManager();
        Assert.Empty(SettingFiles.AddTo(manager, workspace.Folder).Problems);
        Assert.Equal("key", manager["IdentityProvider:MasterKey"]);
        Assert.Empty(SettingFiles.AddTo(new ConfigurationManager(), "/nowhere").Problems);
    }

    /// <summary>Migrations run as another database user: whoever types a command says so there.</summary>
    [Fact]
    public void The_command_line_goes_before_files()
    {
        var manager = new ConfigurationManager();
        manager.AddInMemoryCollection([KeyValuePair.Create<string, string?>(Connection + "_FILE", workspace.Write("server", "Username=server"))]);
        manager.AddCommandLine([$"--{Connection}=Username=owner"]);
        Assert.Empty(SettingFiles.AddTo(manager, null).Problems);
        Assert.Equal("Username=owner", manager[Connection]);
    }

    [Fact]
    public void What_cannot_be_is_said_with_the_remedy_and_without_the_secret()
    {
        workspace.Write("IdentityProvider__MasterKey", "hunter2");
        var (_, problems) = Read(
            (Connection, "Host=db"), (Connection + "_FILE", workspace.Write("connection", "hunter2")),
            ("IdentityProvider:Email:Smtp:Password_FILE", Path.Combine(workspace.Folder, "missing")),
            ("IdentityProvider:MasterKey", "other"), (Folder, workspace.Folder));
        Assert.Collection(
            problems.Order(StringComparer.Ordinal),
            problem => Assert.Equal($"{Connection}: is set, and {Connection}_FILE brings it again. Keep one of them.", problem),
            problem => Assert.StartsWith("IdentityProvider:Email:Smtp:Password_FILE: cannot be read:", problem, StringComparison.Ordinal),
            problem => Assert.EndsWith("IdentityProvider__MasterKey brings it again. Keep one of them.", problem, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, problem => problem.Contains("hunter2", StringComparison.Ordinal));
        Assert.Contains("is no folder", Assert.Single(Read((Folder, "/nowhere")).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_for_a_setting_that_is_none_stops_the_start()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [Connection + "_FILE"] = "x",
            ["IdentityProvider:Database:ConnectionStrings_FILE"] = "x",
            ["IdentityProvider:Database_FILE"] = "x",
        }).Build();
        var problems = SettingsNames.Check([new(typeof(IdentityProviderOptions), "IdentityProvider"), new(typeof(DatabaseOptions), "IdentityProvider:Database")], configuration);
        Assert.Equal(2, problems.Count);
        Assert.All(problems, problem => Assert.Contains("is no setting", problem, StringComparison.Ordinal));
    }

    private static (ConfigurationManager Configuration, IReadOnlyList<string> Problems) Read(params (string Name, string Value)[] settings)
    {
        var manager = new ConfigurationManager();
        manager.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value)));
        return (manager, SettingFiles.AddTo(manager, null).Problems);
    }
}
