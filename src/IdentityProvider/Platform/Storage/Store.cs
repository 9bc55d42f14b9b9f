using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace IdentityProvider.Platform.Storage;

/// <summary>
/// The one EF model. It names no room: every room keeps its entities and their tables beside its code
/// (nested <c>IEntityTypeConfiguration</c>), and reads them with <c>db.Set&lt;T&gt;()</c>.
/// </summary>
public sealed class Store(DbContextOptions<Store> options) : DbContext(options)
{
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        // SQLite has no type that orders DateTimeOffset; ticks of UTC do, and comparisons stay in SQL.
        if (Database.IsSqlite())
            configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcTicks>();

        configurationBuilder.Properties<string>().HaveMaxLength(2000);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(Store).Assembly);

        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var key in entity.GetKeys().SelectMany(key => key.Properties).Where(p => p.ClrType == typeof(Guid) && !p.IsForeignKey()))
                key.SetValueGeneratorFactory((_, _) => new TimeOrderedGuids());

            // SQL Server compares without case unless told: identifiers, hashes and redirect URIs are exact.
            if (Database.IsSqlServer())
                foreach (var property in entity.GetProperties().Where(IsText))
                    property.SetCollation("Latin1_General_100_BIN2");
            else if (Database.IsNpgsql())
                foreach (var property in entity.GetProperties().Where(property => property.FindAnnotation(OrdinalText.Annotation) is not null))
                    property.SetCollation("C");
        }
    }

    private static bool IsText(IMutableProperty property) => property.ClrType == typeof(string);
}
