using System.ComponentModel.DataAnnotations;

namespace IdentityProvider.Setup;

/// <summary>The documents that describe the deployment.</summary>
public sealed class SetupOptions
{
    /// <summary>
    /// Paths of setup documents, applied at start in this order (at most 100). A relative path starts at the working directory.
    /// The format is <c>docs/reference/setup.schema.json</c>.
    /// </summary>
    [MaxLength(100)]
    public IList<string> Files { get; } = [];
}
