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
}
