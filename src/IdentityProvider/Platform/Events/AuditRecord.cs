using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Platform.Events;

/// <summary>
/// An event as it is kept: who did what to whom, from where, and how it came out. Rows are only ever added; what numbers and chains them is in Audit.
/// The ids are no foreign keys: the record outlives what it speaks of.
/// </summary>
internal sealed class AuditRecord
{
    public const int MaxJson = 16_000;

    public Guid Id { get; set; }

    /// <summary>In whole milliseconds, which every database gives back as they were.</summary>
    public DateTimeOffset At { get; set; }

    public required string Name { get; set; }
    public required string Result { get; set; }
    public required string ActorKind { get; set; }
    public string? ActorId { get; set; }
    public string? TargetKind { get; set; }
    public string? TargetId { get; set; }
    public string? ClientId { get; set; }
    public string? SessionId { get; set; }
    public string? Address { get; set; }
    public string? Reason { get; set; }
    public string? ErrorId { get; set; }
    public string? TraceId { get; set; }

    /// <summary>JSON, as are <see cref="Before"/> and <see cref="After"/>.</summary>
    public string? Details { get; set; }

    public string? Before { get; set; }
    public string? After { get; set; }

    /// <summary>
    /// Its place in the chain, from 1 and without a gap. For a moment, until it has one, a negative number of its own: not null, because SQL Server has
    /// no unique index that finds the nulls.
    /// </summary>
    public long Sequence { get; set; } = Waiting();

    /// <summary>SHA-256 over the hash before it and all of the above.</summary>
    public string? Hash { get; set; }

    private static long Waiting()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToInt64(bytes) | long.MinValue;
    }

    public static AuditRecord Of(IEvent news, Origin origin, DateTimeOffset now) => AuditFacts.Read(news, origin, now);

    internal sealed class Table : IEntityTypeConfiguration<AuditRecord>
    {
        public void Configure(EntityTypeBuilder<AuditRecord> builder)
        {
            builder.ToTable("AuditRecords");
            builder.Property(r => r.Name).HasMaxLength(100);
            builder.Property(r => r.Result).HasMaxLength(10);
            builder.Property(r => r.ActorKind).HasMaxLength(20);
            builder.Property(r => r.ActorId).HasMaxLength(100);
            builder.Property(r => r.TargetKind).HasMaxLength(30);
            builder.Property(r => r.TargetId).HasMaxLength(200);
            builder.Property(r => r.ClientId).HasMaxLength(100);
            builder.Property(r => r.SessionId).HasMaxLength(36);
            builder.Property(r => r.Address).HasMaxLength(64);
            builder.Property(r => r.Reason).HasMaxLength(200);
            builder.Property(r => r.ErrorId).HasMaxLength(64);
            builder.Property(r => r.TraceId).HasMaxLength(32);
            builder.Property(r => r.Details).HasMaxLength(-1);
            builder.Property(r => r.Before).HasMaxLength(-1);
            builder.Property(r => r.After).HasMaxLength(-1);
            builder.Property(r => r.Hash).HasMaxLength(64);

            // Of two that give one row a place, one does.
            builder.Property(r => r.Sequence).IsConcurrencyToken();
            builder.HasIndex(r => r.Sequence).IsUnique();
            builder.HasIndex(r => new { r.Name, r.Sequence });
            builder.HasIndex(r => new { r.ActorId, r.Sequence });
            builder.HasIndex(r => new { r.TargetId, r.Sequence });
            builder.HasIndex(r => new { r.ClientId, r.Sequence });
            builder.HasIndex(r => new { r.Address, r.Sequence });
            builder.HasIndex(r => r.At);

            builder.HasIndex(r => new { r.Result, r.Sequence }).HasFilter("\"Result\" <> 'done'");

            // Most records have a trace, many a session, few an error; who looks for one of them finds a handful.
            builder.HasIndex(r => new { r.SessionId, r.Sequence }).HasFilter("\"SessionId\" IS NOT NULL");
            builder.HasIndex(r => r.TraceId).HasFilter("\"TraceId\" IS NOT NULL");
            builder.HasIndex(r => r.ErrorId).HasFilter("\"ErrorId\" IS NOT NULL");
        }
    }
}
