using System.Text.RegularExpressions;
using IdentityProvider.Platform.CommandLine;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.House;
using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Backup;

/// <summary>The commands of the guides do what the guides say.</summary>
public sealed class FollowingTheGuides
{
    private const string Program = "    IdentityProvider.Host ";

    private static string[] Lines(string guide) => [.. Checkout.Read(guide).Split('\n').Where(line => line.StartsWith(Program, StringComparison.Ordinal) && !line.Contains("$(", StringComparison.Ordinal)).Select(line => line[Program.Length..].Trim())];

    [Fact]
    public async Task The_guide_to_backups_leads_there_and_back()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var empty = FreshDatabase.Of(DatabaseProvider.Sqlite);
        using var workspace = new Workspace();
        var issuer = new Uri("https://id.example.com");
        await PreparedStore.CreateAsync(database.Options);
        await FilledStore.FillAsync(database.Options);
        var lines = Lines("docs/operate/backup.md");
        Assert.Equal(["backup --to", "backup verify", "migrate", "restore --from", "restore --from"], lines.Select(line => string.Join(' ', line.Split(' ').Take(line == "migrate" ? 1 : 2))));
        foreach (var line in lines)
        {
            var used = line.StartsWith("backup", StringComparison.Ordinal) ? database : empty;
            Directory.CreateDirectory(used.Folder);
            var (code, output) = await Commands.RunAsync(issuer, used.Options, [], [.. line.Split(' ').Select(word => word == "identityprovider.backup" ? Path.Combine(workspace.Folder, word) : word)]);
            Assert.True(code == ExitCode.Done, $"{line}: {output}");
        }

        var (before, after) = (await FilledStore.ReadAsync(database.Options), await FilledStore.ReadAsync(empty.Options));
        Assert.Equal(before["Users"], after["Users"]);
        Assert.Empty(after["Sessions"]);
    }

    [Fact]
    public async Task The_guide_to_another_database_leads_there()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await using var next = FreshDatabase.Of(FreshDatabase.HasPostgres ? DatabaseProvider.PostgreSql : DatabaseProvider.Sqlite);
        using var workspace = new Workspace();
        await PreparedStore.CreateAsync(database.Options);
        Directory.CreateDirectory(next.Folder);
        var line = Assert.Single(Checkout.Read("docs/operate/moving-databases.md").Split('\n'), line => line.Trim().StartsWith(Program.Trim() + " ", StringComparison.Ordinal)).Trim()[Program.Trim().Length..];
        var file = workspace.Write("next-database", next.Options.ConnectionString);
        var (code, output) = await Commands.RunAsync(new Uri("https://id.example.com"), database.Options, [],
            [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "next-database" ? file : word == "PostgreSql" ? next.Options.Provider.ToString() : word)]);
        Assert.True(code == ExitCode.Done, output);
    }

    [Fact]
    public async Task The_guide_to_the_doctor_names_every_check()
    {
        await using var database = FreshDatabase.Of(DatabaseProvider.Sqlite);
        await PreparedStore.CreateAsync(database.Options);
        var lines = Lines("docs/operate/doctor.md");
        Assert.Equal(["doctor", "doctor --output json"], lines);
        foreach (var line in lines)
        {
            var (code, output) = await Commands.RunAsync(new Uri("http://localhost:9"), database.Options, [], line.Split(' '));
            Assert.True(code == ExitCode.Done, $"{line}: {output}");
        }

        var sources = string.Concat(Checkout.Files("src/IdentityProvider/Doctor", ".cs").Select(Checkout.Read));
        var checks = Regex.Matches(sources, @"new\(""([a-z_]+)"", Level").Select(match => match.Groups[1].Value).Append("clock").Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(checks, Regex.Matches(Checkout.Read("docs/operate/doctor.md"), @"^\| `([a-z_]+)` \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }
}
