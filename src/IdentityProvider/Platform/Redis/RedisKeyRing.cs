using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace IdentityProvider.Platform.Redis;

/// <summary>Keeps the Data Protection ring in a list, encrypted as it is in the database. The framework calls it rarely and without async.</summary>
internal sealed class RedisKeyRing(RedisServer redis) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. redis.Database.ListRange(redis.Key("key-ring")).Select(xml => XElement.Parse(xml.ToString()))];

    public void StoreElement(XElement element, string friendlyName) =>
        redis.Database.ListRightPush(redis.Key("key-ring"), element.ToString(SaveOptions.DisableFormatting));
}
