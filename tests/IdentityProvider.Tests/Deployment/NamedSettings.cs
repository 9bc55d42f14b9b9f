using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Tests.House;

namespace IdentityProvider.Tests.Deployment;

/// <summary>Names of settings as they are written into files that no compiler reads, held against the reference.</summary>
internal static partial class NamedSettings
{
    private static readonly JsonNode reference = JsonNode.Parse(Checkout.Read("docs/reference/appsettings.schema.json"))!;

    /// <summary>Every name below <c>IdentityProvider</c> that a text has, with colons.</summary>
    public static IEnumerable<string> In(string text) => Name().Matches(text).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal).TrimEnd(':'));

    /// <summary>A setting, a group of them, an item of a list, or one that is read from a file.</summary>
    public static bool Exists(string name)
    {
        var at = reference;
        foreach (var part in (SettingFiles.Named(name) ?? name).Split(':'))
        {
            if (at["properties"] is JsonObject group)
                at = group.FirstOrDefault(property => property.Key.Equals(part, StringComparison.OrdinalIgnoreCase)).Value;
            else
                at = int.TryParse(part, CultureInfo.InvariantCulture, out _) ? at["items"] : at["additionalProperties"];
            if (at is null)
                return false;
        }

        return true;
    }

    [GeneratedRegex("(?<![A-Za-z0-9/.])IdentityProvider(:|__)[A-Za-z0-9]+((:|__)[A-Za-z0-9]+)*(_FILE)?", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Name();
}
