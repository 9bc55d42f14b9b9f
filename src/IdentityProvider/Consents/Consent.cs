using IdentityProvider.Clients;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Consents;

/// <summary>What a person allowed a client, remembered so that the question is asked once.</summary>
internal sealed class Consent
{
    public Guid Id { get; set; }
    public Guid UserId { get; set; }
    public Guid ClientId { get; set; }
    public List<string> Scopes { get; set; } = [];

    /// <summary>Single claims asked by the claims parameter, beyond those of the scopes.</summary>
    public List<string> Claims { get; set; } = [];

    /// <summary>The fact behind prompt=consent: newer than the request's start, or asked again.</summary>
    public DateTimeOffset GrantedAt { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Consent>
    {
        public void Configure(EntityTypeBuilder<Consent> builder)
        {
            builder.ToTable("Consents");
            builder.PrimitiveCollection(c => c.Scopes).HasMaxLength(-1);
            builder.PrimitiveCollection(c => c.Claims).HasMaxLength(-1);
            builder.HasIndex(c => new { c.UserId, c.ClientId }).IsUnique();
            builder.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
            builder.HasOne<Client>().WithMany().HasForeignKey(c => c.ClientId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
