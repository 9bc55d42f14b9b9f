using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MaxMind.Db;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Platform.Network;

/// <summary>
/// Roughly where an address is, in the file of places an operator brings. Looked up when it is shown and never stored: nothing more is
/// held of a person, and a better file corrects what is shown of the past.
/// </summary>
internal sealed class Places(IOptions<NetworkOptions> options, TimeProvider clock, ILogger<Places> log) : IDisposable
{
    private const int MaxLength = 60;

    /// <summary>How often the file is asked whether it has changed.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private long lookedAt;
    private volatile Loaded? loaded;

    private sealed record Loaded(Reader? Reader, DateTime WrittenAt);

    /// <summary>"Berlin, Germany", or the country alone; null where no file is set, and of an address that is not public or not in it.</summary>
    public string? Of(string? address) => Look(address, InWords);

    /// <summary>Where it lies on the earth, from a file of cities; null where that is not known. For a comparison, and kept nowhere.</summary>
    public GeoPoint? PointOf(string? address) => Look(address, OnEarth);

    /// <summary>The address with its place: "192.0.2.7 (Berlin, Germany)".</summary>
    public string With(string address) => Of(address) is { } place ? $"{address} ({place})" : address;

    /// <summary>What is wrong with a file of places; null when nothing is.</summary>
    public static string? Problem(string file)
    {
        try
        {
            using var reader = new Reader(file, FileAccessMode.MemoryMapped);
            _ = InWords(reader, IPAddress.Parse("192.0.2.1"));
            return reader.Metadata.DatabaseType is var type && (type.Contains("City", StringComparison.Ordinal) || type.Contains("Country", StringComparison.Ordinal) || type.Contains("Enterprise", StringComparison.Ordinal))
                ? null
                : "holds no places. Give a file of cities or countries, like GeoLite2-City.mmdb";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "does not exist or cannot be read. Check the path and who may read it";
        }
        catch (Exception exception) when (exception is InvalidDatabaseException or DeserializationException or ArgumentException or NotSupportedException)
        {
            return "is no MaxMind database, or a damaged one. Fetch it again";
        }
    }

    private T? Look<T>(string? address, Func<Reader, IPAddress, T?> read)
    {
        if (options.Value.PlacesFile is not { } file || !IPAddress.TryParse(address, out var ip) || !SpecialAddresses.IsPublic(ip) || Current(file) is not { } reader)
            return default;
        try
        {
            return read(reader, ip);
        }
        catch (Exception exception)
        {
            // Whatever a damaged file makes of the reader: it must not take the page or the mail with it.
            Unreadable(exception.Message);
            return default;
        }
    }

    /// <summary>In memory, not mapped: a mapped file that somebody writes over takes the process with it.</summary>
    private Reader? Current(string file)
    {
        if (loaded is not null && clock.GetElapsedTime(Volatile.Read(ref lookedAt)) < LookEvery)
            return loaded.Reader;
        lock (gate)
        {
            if (loaded is not null && clock.GetElapsedTime(lookedAt) < LookEvery)
                return loaded.Reader;
            Volatile.Write(ref lookedAt, clock.GetTimestamp());
            var writtenAt = File.GetLastWriteTimeUtc(file);
            if (loaded?.WrittenAt == writtenAt)
                return loaded.Reader;
            try
            {
                // The one before is left to the collector: a request may be reading it.
                loaded = new Loaded(new Reader(file, FileAccessMode.Memory), writtenAt);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDatabaseException or DeserializationException or ArgumentException)
            {
                // Half written, or gone: what there was goes on.
                Unreadable(exception.Message);
                loaded = new Loaded(loaded?.Reader, writtenAt);
            }

            return loaded.Reader;
        }
    }

    /// <summary>Without a radius it may be the middle of a country: then nothing is said.</summary>
    private static GeoPoint? OnEarth(Reader reader, IPAddress ip) =>
        Find(reader, ip)?.GetValueOrDefault("location") is Dictionary<string, object> at
        && Number(at, "latitude") is { } latitude and >= -90 and <= 90 && Number(at, "longitude") is { } longitude and >= -180 and <= 180 && Number(at, "accuracy_radius") is { } radius and >= 0 and <= 21_000
            ? new GeoPoint(latitude, longitude, (int)radius)
            : null;

    private static double? Number(Dictionary<string, object> map, string name) => map.GetValueOrDefault(name) is IConvertible and not string and var value ? Convert.ToDouble(value, CultureInfo.InvariantCulture) : null;

    private static Dictionary<string, object>? Find(Reader reader, IPAddress ip)
    {
        var plain = ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 && reader.Metadata.IPVersion == 4 ? null : reader.Find<Dictionary<string, object>>(plain);
    }

    private static string? InWords(Reader reader, IPAddress ip)
    {
        var record = Find(reader, ip);
        string[] names = [.. new[] { Name(record, "city"), Name(record, "country") ?? Name(record, "registered_country") }.OfType<string>()];
        return names.Length > 0 ? string.Join(", ", names) : null;
    }

    private static string? Name(Dictionary<string, object>? record, string part) =>
        record?.GetValueOrDefault(part) is Dictionary<string, object> found && found.GetValueOrDefault("names") is Dictionary<string, object> names && names.GetValueOrDefault("en") is string name
        && string.Concat(name.Where(c => !char.IsControl(c)).Take(MaxLength)).Trim() is { Length: > 0 } text ? text : null;

    private void Unreadable(string reason) => log.LogWarning("The file of places (Network:PlacesFile) cannot be used: {Reason}", reason);

    public void Dispose() => loaded?.Reader?.Dispose();
}
