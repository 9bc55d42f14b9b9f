using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace IdentityProvider.Platform.Storage;

internal sealed class UtcTicks() : ValueConverter<DateTimeOffset, long>(
    time => time.UtcTicks,
    ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
