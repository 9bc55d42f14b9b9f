using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Backup;

/// <summary>Where the command <c>move</c> takes everything to. Nothing else reads it.</summary>
public sealed class MoveOptions
{
    /// <summary>
    /// ADO.NET connection string of the database that is to be the next, as in <c>Database:ConnectionString</c>. Not taken from the command line.
    /// </summary>
    [Secret]
    public string? ConnectionString { get; set; }

    /// <summary>A file that holds <see cref="ConnectionString"/>, readable by the server's user only.</summary>
    public string? ConnectionStringFile { get; set; }
}
