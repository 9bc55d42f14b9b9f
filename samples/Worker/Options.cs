namespace Samples.Worker;

/// <summary>How this service is known to the authorization server.</summary>
internal sealed class ClientOptions
{
    public string Issuer { get; set; } = "";
    public string ClientId { get; set; } = "";
    public string ClientSecret { get; set; } = "";
    public string Scope { get; set; } = "";

    public bool IsComplete => Issuer.Length > 0 && ClientId.Length > 0 && ClientSecret.Length > 0 && Scope.Length > 0;
}

internal sealed class WorkerOptions
{
    /// <summary>Time between two rounds.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>One round, then the end: exit code 0 if it worked, 1 if not.</summary>
    public bool Once { get; set; }
}
