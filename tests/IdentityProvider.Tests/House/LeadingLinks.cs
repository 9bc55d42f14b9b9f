using System.Text.RegularExpressions;
using Xunit;

namespace IdentityProvider.Tests.House;

/// <summary>What a text points to inside the checkout is there: the file or folder, and the heading.</summary>
public sealed partial class LeadingLinks
{
    [Fact]
    public void A_link_to_a_file_or_a_heading_leads_there()
    {
        var links = (from text in Checkout.Files("", ".md") from target in Targets(text) select (text, target)).ToList();
        Assert.True(links.Count > 100, $"Only {links.Count} links were found.");
        Assert.Empty(links.Where(link => !Leads(link.text, link.target)).Select(link => $"{link.text}: {link.target}"));
    }

    [Fact]
    public void A_heading_is_found_by_the_anchor_that_hosts_make_of_it() =>
        Assert.Equal(["a-b", "over-the-admin-api", "idp-and-x_y", "a-b-1"], Anchors("# A B\n## Over the admin API\n### `idp` and *x_y*!\n# A B\n```\n# not one\n```\n"));

    private static IEnumerable<string> Targets(string path) => Link().Matches(Code().Replace(Checkout.Read(path), "")).Select(match => match.Groups[1].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal));

    private static bool Leads(string from, string target)
    {
        var parts = target.Split('#', 2);
        var path = parts[0].Length == 0 ? from : Path.GetRelativePath(Checkout.Root, Path.GetFullPath(Path.Combine(Checkout.Root, Path.GetDirectoryName(from)!, Uri.UnescapeDataString(parts[0]))));
        var full = Path.Combine(Checkout.Root, path);
        if (path.StartsWith("..", StringComparison.Ordinal) || !(File.Exists(full) || Directory.Exists(full)))
            return false;
        return parts.Length == 1 || (Path.GetExtension(path) == ".md" && Anchors(Checkout.Read(path)).Contains(parts[1]));
    }

    /// <summary>Lower case, without punctuation, hyphens for spaces, and a number behind one that is there already.</summary>
    private static IEnumerable<string> Anchors(string text)
    {
        var seen = new Dictionary<string, int>();
        foreach (Match heading in Heading().Matches(Fence().Replace(text, "")))
        {
            var words = string.Concat(heading.Groups[1].Value.Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_')).Replace(' ', '-');
            seen[words] = seen.TryGetValue(words, out var before) ? before + 1 : 0;
            yield return seen[words] == 0 ? words : $"{words}-{seen[words]}";
        }
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (.+)$", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fence();

    /// <summary>Fenced, or between backticks.</summary>
    [GeneratedRegex(@"^```.*?^```|`[^`\n]*`", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();
}
