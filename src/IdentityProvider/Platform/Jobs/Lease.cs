using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.Platform.Jobs;

/// <summary>One of many nodes does a job for a while. Whoever holds the row may; who dies loses it when the time is over.</summary>
internal sealed class Lease
{
    /// <summary>The job.</summary>
    public required string Name { get; set; }

    public Guid Holder { get; set; }
    public DateTimeOffset HeldUntil { get; set; }

    /// <summary>True where <paramref name="holder"/> has it until then: it had it, nobody had, or the time of the other is over.</summary>
    public static async Task<bool> TryTakeAsync(Store db, string name, Guid holder, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        if (await db.Set<Lease>().Where(l => l.Name == name && (l.Holder == holder || l.HeldUntil < now))
            .ExecuteUpdateAsync(set => set.SetProperty(l => l.Holder, holder).SetProperty(l => l.HeldUntil, until), ct) == 1)
            return true;
        return !await db.Set<Lease>().AnyAsync(l => l.Name == name, ct) && await db.TryAddAsync(new Lease { Name = name, Holder = holder, HeldUntil = until }, ct);
    }

    /// <inheritdoc cref="TryTakeAsync(Store, string, Guid, DateTimeOffset, DateTimeOffset, CancellationToken)"/>
    public static async Task<bool> TryTakeAsync(IServiceScopeFactory scopes, string name, Guid holder, TimeProvider clock, TimeSpan held, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var now = clock.GetUtcNow();
        return await TryTakeAsync(scope.ServiceProvider.GetRequiredService<Store>(), name, holder, now, now + held, ct);
    }

    internal sealed class Table : IEntityTypeConfiguration<Lease>
    {
        public void Configure(EntityTypeBuilder<Lease> builder)
        {
            builder.ToTable("Leases");
            builder.HasKey(l => l.Name);
            builder.Property(l => l.Name).HasMaxLength(50);
        }
    }
}
