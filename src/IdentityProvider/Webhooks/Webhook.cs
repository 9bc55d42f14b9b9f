using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Webhooks;

/// <summary>A server that is told of what is audited here.</summary>
internal sealed class Webhook
{
    public Guid Id { get; set; }
    public required string Url { get; set; }
    public string Description { get; set; } = "";

    /// <summary>Names of events, or what they begin with: <c>sessions.session_ended</c>, <c>sessions.*</c>, <c>*</c>.</summary>
    public List<string> Events { get; set; } = [];

    /// <summary>Encrypted under the master key: a signature needs the secret itself.</summary>
    public required string ProtectedSecret { get; set; }

    /// <summary>The secret before, which signs beside the new one until then.</summary>
    public string? FormerProtectedSecret { get; set; }

    public DateTimeOffset? FormerUntil { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when nothing is sent.</summary>
    public DateTimeOffset? DisabledAt { get; set; }

    /// <summary><c>administrator</c>, <c>gone</c> (it answered 410) or <c>failing</c>.</summary>
    public string? DisabledReason { get; set; }

    /// <summary>The place in the audit up to which deliveries were made. Whoever makes more moves it in the same transaction, from where it was.</summary>
    public long Cursor { get; set; }

    /// <summary>Changes with what an administrator changes, not with the cursor.</summary>
    public Guid Version { get; set; }

    public static Webhook New(string url, long end, DateTimeOffset now) => new() { Id = Guid.CreateVersion7(now), Url = url, ProtectedSecret = "", CreatedAt = now, Cursor = end };

    public bool Wants(string name) => Events.Exists(wanted => wanted == name || (wanted.EndsWith('*') && name.StartsWith(wanted[..^1], StringComparison.Ordinal)));

    internal sealed class Table : IEntityTypeConfiguration<Webhook>
    {
        public void Configure(EntityTypeBuilder<Webhook> builder)
        {
            builder.ToTable("Webhooks");
            builder.Property(w => w.Url).HasMaxLength(WebhookRules.MaxUrl);
            builder.HasIndex(w => w.Url).IsUnique();
            builder.Property(w => w.Description).HasMaxLength(200);
            builder.PrimitiveCollection(w => w.Events).HasMaxLength(8000);
            builder.Property(w => w.ProtectedSecret).HasMaxLength(500);
            builder.Property(w => w.FormerProtectedSecret).HasMaxLength(500);
            builder.Property(w => w.DisabledReason).HasMaxLength(20);
            builder.Property(w => w.Version).IsConcurrencyToken();
        }
    }
}
