using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Clients;

/// <summary>A protected resource (RFC 8707): its identifier is the audience of the access tokens made for it.</summary>
internal sealed class Api
{
    public Guid Id { get; set; }

    /// <summary>An absolute URI.</summary>
    public required string Identifier { get; set; }

    public string? DisplayName { get; set; }
    public List<Scope> Scopes { get; set; } = [];

    /// <summary>Names of the roles its access tokens speak of, when the person holds them and the scope roles was granted.</summary>
    public List<string> Roles { get; set; } = [];

    internal sealed class Table : IEntityTypeConfiguration<Api>
    {
        public void Configure(EntityTypeBuilder<Api> builder)
        {
            builder.ToTable("Apis");
            builder.Property(a => a.Identifier).HasMaxLength(400);
            builder.Property(a => a.DisplayName).HasMaxLength(200);
            builder.PrimitiveCollection(a => a.Roles).HasMaxLength(-1);
            builder.HasIndex(a => a.Identifier).IsUnique();
            builder.HasMany(a => a.Scopes).WithOne().HasForeignKey(s => s.ApiId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}

/// <summary>A scope of an API, or, without one, an identity scope that releases claims.</summary>
internal sealed class Scope
{
    public Guid Id { get; set; }
    public required string Name { get; set; }

    /// <summary>What the consent page says, one plain sentence.</summary>
    public string? Description { get; set; }

    public Guid? ApiId { get; set; }
    public List<string> Claims { get; set; } = [];

    /// <summary>The permissions an access token for the API carries once this scope was granted: whole ones, or resources.</summary>
    public List<string> Permissions { get; set; } = [];

    internal sealed class Table : IEntityTypeConfiguration<Scope>
    {
        public void Configure(EntityTypeBuilder<Scope> builder)
        {
            builder.ToTable("Scopes");
            builder.Property(s => s.Name).HasMaxLength(100);
            builder.Property(s => s.Description).HasMaxLength(500);
            builder.PrimitiveCollection(s => s.Claims).HasMaxLength(-1);
            builder.PrimitiveCollection(s => s.Permissions).HasMaxLength(-1);
            builder.HasIndex(s => s.Name).IsUnique();
        }
    }
}
