namespace IdentityProvider.Platform.Network;

/// <summary>Somewhere within so many kilometres of a point of the earth.</summary>
internal readonly record struct GeoPoint(double Latitude, double Longitude, int RadiusKilometers)
{
    /// <summary>Two points are never farther apart.</summary>
    public const double Farthest = Math.PI * EarthRadius;

    private const double EarthRadius = 6371;

    /// <summary>At least so far, whatever the places are within their radius: by the haversine formula, less both radii.</summary>
    public double KilometersTo(GeoPoint other)
    {
        var (from, to) = (Radians(Latitude), Radians(other.Latitude));
        var north = Math.Sin((to - from) / 2);
        var east = Math.Sin(Radians(other.Longitude - Longitude) / 2);
        var half = (north * north) + (Math.Cos(from) * Math.Cos(to) * east * east);
        return Math.Max(0, (2 * EarthRadius * Math.Asin(Math.Sqrt(Math.Min(1, half)))) - RadiusKilometers - other.RadiusKilometers);
    }

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
