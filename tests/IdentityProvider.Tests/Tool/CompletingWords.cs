using IdentityProvider.Tests.Testing;
using Xunit;

namespace IdentityProvider.Tests.Tool;

/// <summary>What shells ask, and the reference that is written from the same tree.</summary>
public sealed class CompletingWords
{
    [Theory]
    [InlineData("us", "users")]
    [InlineData("users li", "list")]
    [InlineData("users list --sta", "--state")]
    [InlineData("users list --output ", "json")]
    [InlineData("completion ", "fish")]
    public async Task The_tool_says_what_may_follow(string line, string word)
    {
        using var tool = new ToolBench();
        var answer = await tool.RunAsync($"[suggest:{line.Length}]", line);
        Assert.Equal(0, answer.Code);
        Assert.Contains(word, answer.Output.Split('\n').Select(suggested => suggested.Trim()));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Each_shell_has_a_script_that_asks_the_tool(string shell)
    {
        using var tool = new ToolBench();
        var answer = await tool.RunAsync("completion", shell);
        Assert.Equal(0, answer.Code);
        Assert.Contains("[suggest:", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_command_is_in_the_reference() => Snapshot.Matches("docs/reference/idp.md", CommandReference.Write());
}
