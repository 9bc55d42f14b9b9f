using IdentityProvider.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Tests.Testing;

/// <summary>How a test's server differs from the ordinary one.</summary>
internal sealed record IdpSetup
{
    /// <summary>A setup document instead of <see cref="TestDocument"/>.</summary>
    public string? Document { get; init; }

    /// <summary>A clock that the test moves.</summary>
    public TimeProvider? Clock { get; init; }

    /// <summary>A database shared with another node.</summary>
    public DatabaseOptions? Database { get; init; }

    /// <summary>The issuer shared with another node.</summary>
    public Uri? Issuer { get; init; }

    /// <summary>Where a second node listens.</summary>
    public int? Port { get; init; }

    public string Environment { get; init; } = "Development";
    public string MasterKey { get; init; } = Convert.ToBase64String(new byte[32]);

    /// <summary>Settings below <c>IdentityProvider:</c>.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    /// <summary>Environment variables that are read beside the settings.</summary>
    public Dictionary<string, string> Variables { get; init; } = [];

    public ILoggerProvider? Log { get; init; }
    public Action<IServiceCollection>? Services { get; init; }
}
