using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Webhooks;

/// <summary>One event on its way to one webhook. Written with the move of the cursor, so that no event is missed or doubled.</summary>
internal sealed class WebhookDelivery
{
    public Guid Id { get; set; }
    public Guid WebhookId { get; set; }

    /// <summary>Of the audit; the receiver sees it as <c>webhook-id</c>, the same at every try.</summary>
    public Guid RecordId { get; set; }

    /// <summary>Where in the audit; 0 of a test.</summary>
    public long Sequence { get; set; }

    public required string Event { get; set; }

    /// <summary>The JSON that is sent, each time the same bytes.</summary>
    public required string Body { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When somebody may try; whoever takes it moves this first. Null when it is over.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public int Attempts { get; set; }
    public DateTimeOffset? DeliveredAt { get; set; }
    public DateTimeOffset? GivenUpAt { get; set; }

    /// <summary>What the last try came to: <c>200</c>, <c>503</c>, <c>timeout</c>, <c>unreachable</c>.</summary>
    public string? Outcome { get; set; }

    public DateTimeOffset? TriedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<WebhookDelivery>
    {
        public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
        {
            builder.ToTable("WebhookDeliveries");
            builder.Property(d => d.Event).HasMaxLength(100);
            builder.Property(d => d.Body).HasMaxLength(-1);
            builder.Property(d => d.Outcome).HasMaxLength(20);
            builder.HasIndex(d => d.DueAt);
            builder.HasIndex(d => new { d.WebhookId, d.RecordId }).IsUnique();
            builder.HasIndex(d => new { d.WebhookId, d.Id });
            builder.HasIndex(d => d.CreatedAt);
            builder.HasOne<Webhook>().WithMany().HasForeignKey(d => d.WebhookId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
