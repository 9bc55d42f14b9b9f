using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.ValueGeneration;

namespace IdentityProvider.Platform.Storage;

/// <summary>UUID version 7 (RFC 9562): new rows land at the end of the index instead of all over it.</summary>
internal sealed class TimeOrderedGuids : ValueGenerator<Guid>
{
    public override bool GeneratesTemporaryValues => false;

    public override Guid Next(EntityEntry entry) => Guid.CreateVersion7();
}
