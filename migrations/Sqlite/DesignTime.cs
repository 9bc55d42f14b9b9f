using IdentityProvider.Platform.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace IdentityProvider.Migrations.Sqlite;

/// <summary>Lets `dotnet ef` build the model without a server; nothing connects.</summary>
public sealed class DesignTime : IDesignTimeDbContextFactory<Store>
{
    /// <inheritdoc />
    public Store CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<Store>();
        builder.UseProvider(new DatabaseOptions { Provider = DatabaseProvider.Sqlite, ConnectionString = "Data Source=design-time.db" });
        return new Store(builder.Options);
    }
}
