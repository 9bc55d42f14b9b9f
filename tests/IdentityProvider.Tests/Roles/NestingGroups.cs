using IdentityProvider.Roles;
using Xunit;

namespace IdentityProvider.Tests.Roles;

public sealed class NestingGroups
{
    [Theory]
    [InlineData("a", "a>a:0")]
    [InlineData("a b", "a>a:0 b>b:0")]
    [InlineData("a b c a-b b-c", "a>a:0 b>a:1 b>b:0 c>a:2 c>b:1 c>c:0")]
    [InlineData("a b c a-b b-c a-c", "a>a:0 b>a:1 b>b:0 c>a:1 c>b:1 c>c:0")]
    [InlineData("a b c d a-b a-c b-d c-d", "a>a:0 b>a:1 b>b:0 c>a:1 c>c:0 d>a:2 d>b:1 d>c:1 d>d:0")]
    public void All_pairs_follow_from_those_somebody_made_by_the_shortest_way(string groups, string paths)
    {
        var closure = Close(groups);
        Assert.Null(closure.Problem);
        Assert.Equal(paths, string.Join(' ', closure.Paths.Select(path => $"{path.Key.Inner}>{path.Key.Outer}:{path.Value}").Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("a a-a")]
    [InlineData("a b a-b b-a")]
    [InlineData("a b c d a-b b-c c-d d-b")]
    public void A_group_in_itself_is_refused(string groups) => Assert.Contains("would lie in itself", Close(groups).Problem, StringComparison.Ordinal);

    [Fact]
    public void Ten_lie_one_in_the_other_and_no_more()
    {
        static string Chain(int length) => string.Join(' ', Enumerable.Range(0, length).Select(i => $"g{i}").Concat(Enumerable.Range(1, length - 1).Select(i => $"g{i - 1}-g{i}")));
        Assert.Null(Close(Chain(GroupGraph.MostLevels)).Problem);
        Assert.Contains("more than 10", Close(Chain(GroupGraph.MostLevels + 1)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_stored_for_them_has_a_limit()
    {
        var layers = Enumerable.Range(0, 5).Select(layer => Enumerable.Range(0, 60).Select(i => $"g{layer}.{i}").ToList()).ToList();
        var groups = layers.SelectMany(layer => layer).Concat(layers.Zip(layers.Skip(1)).SelectMany(pair => pair.First.SelectMany(outer => pair.Second.Select(inner => $"{outer}-{inner}"))));
        Assert.Contains("too many ways", Close(string.Join(' ', groups)).Problem, StringComparison.Ordinal);
    }

    private static GroupGraph.Closure<string> Close(string text)
    {
        var words = text.Split(' ');
        return GroupGraph.Close([.. words.Where(word => !word.Contains('-', StringComparison.Ordinal))], words.Where(word => word.Contains('-', StringComparison.Ordinal)).Select(word => word.Split('-')).ToLookup(pair => pair[0], pair => pair[1]));
    }
}
