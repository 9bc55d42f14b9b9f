using System.Globalization;

namespace IdentityProvider.Admin.Dashboard;

/// <summary>A stretch of time up to now, in hours or days of UTC.</summary>
internal sealed record Period(string Name, string Words, TimeSpan Step, int Steps)
{
    public static readonly Period Day = new("24h", "24 hours", TimeSpan.FromHours(1), 24), Week = new("7d", "7 days", TimeSpan.FromDays(1), 7), Month = new("30d", "30 days", TimeSpan.FromDays(1), 30);
    public static readonly Period[] All = [Day, Week, Month];

    /// <summary>When the first of the steps begins; the last one is under way.</summary>
    public DateTimeOffset From(DateTimeOffset now) => new DateTimeOffset(now.UtcTicks - (now.UtcTicks % Step.Ticks), TimeSpan.Zero) - ((Steps - 1) * Step);

    public int IndexOf(DateTimeOffset hour, DateTimeOffset now) => (int)((hour - From(now)) / Step);

    public string LabelOf(int index, DateTimeOffset now) => (From(now) + (index * Step)).ToString(Step < TimeSpan.FromDays(1) ? "d MMM HH:mm" : "ddd d MMM", CultureInfo.InvariantCulture);
}
