using IdentityProvider.Clients;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace IdentityProvider.Sessions.Logout;

/// <summary>A client that has to be told that a session ended. Written with the end, gone when the client has heard it.</summary>
internal sealed class LogoutNotice
{
    public Guid Id { get; set; }
    public Guid ClientId { get; set; }
    public Guid SessionId { get; set; }
    public Guid UserId { get; set; }
    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>When somebody may try. Whoever takes it moves this into the future first, so that nobody else does meanwhile.</summary>
    public DateTimeOffset DueAt { get; set; }

    public int Attempts { get; set; }

    internal sealed class Table : IEntityTypeConfiguration<LogoutNotice>
    {
        public void Configure(EntityTypeBuilder<LogoutNotice> builder)
        {
            builder.ToTable("LogoutNotices");
            builder.HasIndex(n => n.DueAt);
            builder.HasOne<Client>().WithMany().HasForeignKey(n => n.ClientId).OnDelete(DeleteBehavior.Cascade);
        }
    }
}
