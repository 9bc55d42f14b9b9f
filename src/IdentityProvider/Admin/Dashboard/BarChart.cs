using System.Globalization;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>One step of time.</summary>
internal sealed record Bar(string Label, long Done, long Refused);

/// <summary>Bars of two parts, one on the other, in the units of a drawing of 100 units height that the page stretches.</summary>
internal sealed class BarChart(IReadOnlyList<Bar> bars)
{
    public const int Height = 100, Step = 10;
    private const int Width = 8;

    public IReadOnlyList<Bar> Bars => bars;

    public string ViewBox => $"0 0 {bars.Count * Step} {Height}";

    /// <summary>The longest bar is this high; at least one, so that nothing is divided by nothing.</summary>
    public long Most => Math.Max(1, bars.Max(bar => bar.Done + bar.Refused));

    public bool IsEmpty => bars.All(bar => bar.Done + bar.Refused == 0);

    /// <summary>The rectangles that are not empty, with the class that colours them.</summary>
    public IEnumerable<(string Class, int X, string Y, int Width, string Height, Bar Bar)> Parts
    {
        get
        {
            for (var i = 0; i < bars.Count; i++)
            {
                var bar = bars[i];
                var (x, done, refused) = ((i * Step) + ((Step - Width) / 2), Units(bar.Done), Units(bar.Refused));
                if (bar.Done > 0)
                    yield return ("bar done", x, Text(Height - done), Width, Text(done), bar);
                if (bar.Refused > 0)
                    yield return ("bar refused", x, Text(Height - done - refused), Width, Text(refused), bar);
            }
        }
    }

    private double Units(long count) => (double)count * Height / Most;

    private static string Text(double units) => units.ToString("0.##", CultureInfo.InvariantCulture);
}
