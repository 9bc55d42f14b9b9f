using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace IdentityProvider.Tests.Testing;

/// <summary>Writes MaxMind DB files (format 2.0), as small as tests need them: https://maxmind.github.io/MaxMind-DB/.</summary>
internal static class PlacesFile
{
    private const int Nothing = -1;

    public static byte[] Of(string type, params (string Network, string? City, string? Country)[] places) => Build(type, places.Select(place => (place.Network, Named(place.City, place.Country))));

    /// <summary>Cities with where they are, and within how many kilometres.</summary>
    public static byte[] OfPoints(params (string Network, string City, double Latitude, double Longitude, int Radius)[] places) => Build("GeoLite2-City", places.Select(place =>
    {
        var record = Named(place.City, null);
        record["location"] = new Dictionary<string, object> { ["latitude"] = place.Latitude, ["longitude"] = place.Longitude, ["accuracy_radius"] = (ushort)place.Radius, ["time_zone"] = "Etc/UTC" };
        return (place.Network, record);
    }));

    private static Dictionary<string, object> Named(string? city, string? country)
    {
        var record = new Dictionary<string, object>();
        foreach (var (part, name) in new[] { ("city", city), ("country", country) })
            if (name is not null)
                record[part] = new Dictionary<string, object> { ["names"] = new Dictionary<string, object> { ["en"] = name } };
        return record;
    }

    private static byte[] Build(string type, IEnumerable<(string Network, Dictionary<string, object> Record)> places)
    {
        var data = new List<byte>();
        var nodes = new List<int[]> { Empty() };
        foreach (var (network, record) in places)
        {
            // Below zero: where the record begins.
            Insert(nodes, IPNetwork.Parse(network), -2 - data.Count);
            Write(data, record);
        }

        var file = new List<byte>();
        foreach (var side in nodes.SelectMany(node => node))
        {
            var value = side >= 0 ? side : side == Nothing ? nodes.Count : nodes.Count + 16 - 2 - side;
            file.AddRange([(byte)(value >> 16), (byte)(value >> 8), (byte)value]);
        }

        file.AddRange(new byte[16]);
        file.AddRange(data);
        file.AddRange([0xAB, 0xCD, 0xEF, .. "MaxMind.com"u8]);
        Write(file, new Dictionary<string, object>
        {
            ["node_count"] = (uint)nodes.Count,
            ["record_size"] = (ushort)24,
            ["ip_version"] = (ushort)6,
            ["database_type"] = type,
            ["binary_format_major_version"] = (ushort)2,
            ["binary_format_minor_version"] = (ushort)0,
            ["build_epoch"] = 1_700_000_000UL,
            ["languages"] = Array.Empty<object>(),
            ["description"] = new Dictionary<string, object>(),
        });
        return [.. file];
    }

    /// <summary>IPv4 stands below ::/96.</summary>
    private static void Insert(List<int[]> nodes, IPNetwork network, int record)
    {
        var address = network.BaseAddress.GetAddressBytes();
        byte[] bits = address.Length == 4 ? [.. new byte[12], .. address] : address;
        var length = network.PrefixLength + (address.Length == 4 ? 96 : 0);
        var node = 0;
        for (var i = 0; i < length; i++)
        {
            var side = (bits[i / 8] >> (7 - (i % 8))) & 1;
            if (i == length - 1)
            {
                nodes[node][side] = record;
            }
            else
            {
                if (nodes[node][side] == Nothing)
                {
                    nodes[node][side] = nodes.Count;
                    nodes.Add(Empty());
                }

                node = nodes[node][side];
            }
        }
    }

    private static int[] Empty() => [Nothing, Nothing];

    private static void Write(List<byte> to, object value)
    {
        switch (value)
        {
            case string text:
                Head(to, 2, Encoding.UTF8.GetByteCount(text));
                to.AddRange(Encoding.UTF8.GetBytes(text));
                break;
            case double number:
                Head(to, 3, 8);
                Span<byte> bits = stackalloc byte[8];
                BinaryPrimitives.WriteDoubleBigEndian(bits, number);
                to.AddRange(bits);
                break;
            case ushort number:
                Head(to, 5, 2);
                to.AddRange([(byte)(number >> 8), (byte)number]);
                break;
            case uint number:
                Head(to, 6, 4);
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteUInt32BigEndian(four, number);
                to.AddRange(four);
                break;
            case ulong number:
                Head(to, 9, 8);
                Span<byte> eight = stackalloc byte[8];
                BinaryPrimitives.WriteUInt64BigEndian(eight, number);
                to.AddRange(eight);
                break;
            case Dictionary<string, object> map:
                Head(to, 7, map.Count);
                foreach (var (name, inner) in map)
                {
                    Write(to, name);
                    Write(to, inner);
                }

                break;
            case object[] list:
                Head(to, 11, list.Length);
                foreach (var item in list)
                    Write(to, item);
                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static void Head(List<byte> to, int type, int size)
    {
        var (shown, rest) = size < 29 ? (size, Array.Empty<byte>()) : size < 285 ? (29, [(byte)(size - 29)]) : (30, [(byte)((size - 285) >> 8), (byte)(size - 285)]);
        to.Add((byte)((type > 7 ? 0 : type << 5) | shown));
        if (type > 7)
            to.Add((byte)(type - 7));
        to.AddRange(rest);
    }
}
