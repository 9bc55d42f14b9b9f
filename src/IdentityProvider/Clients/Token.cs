using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OpenIddict.EntityFrameworkCore;
using OpenIddict.EntityFrameworkCore.Models;

namespace IdentityProvider.Clients;

/// <summary>A code, refresh token, device code, user code or pushed request. Access tokens only of clients that ask for references; those that are JWTs, and ID tokens, leave no row.</summary>
internal sealed class Token : OpenIddictEntityFrameworkCoreToken<Guid, Client, Grant>
{
    /// <summary>Device codes: the address that asked, for the limit of open codes and for the approval page.</summary>
    public string? Address { get; set; }

    /// <summary>Device codes: polling earlier answers slow_down (RFC 8628 section 3.5).</summary>
    public DateTimeOffset? NextPollAt { get; set; }

    /// <summary>Device codes: seconds between polls; grows by 5 with each slow_down.</summary>
    public int PollInterval { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<Token>
    {
        public void Configure(EntityTypeBuilder<Token> builder)
        {
            new OpenIddictEntityFrameworkCoreTokenConfiguration<Token, Client, Grant, Guid>().Configure(builder);
            builder.ToTable("Tokens");
            builder.Property(t => t.Payload).HasMaxLength(-1);
            builder.Property(t => t.Properties).HasMaxLength(-1);
            builder.Property(t => t.Address).HasMaxLength(64);
            builder.HasIndex(t => t.ExpirationDate);
        }
    }
}
