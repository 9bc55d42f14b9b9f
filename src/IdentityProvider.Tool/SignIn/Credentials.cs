namespace IdentityProvider.Tool.SignIn;

/// <summary>Where the access token of a run comes from.</summary>
internal abstract class Credentials
{
    public abstract Task<string> TokenAsync(CancellationToken ct);

    /// <summary>The server does not take the token any more.</summary>
    /// <returns>Whether there is another one now.</returns>
    public virtual Task<bool> RenewAsync(CancellationToken ct) => Task.FromResult(false);
}

/// <summary>A token from elsewhere, or an API key (<c>IDP_TOKEN</c>).</summary>
internal sealed class GivenToken(string token) : Credentials
{
    public override Task<string> TokenAsync(CancellationToken ct) => Task.FromResult(token);
}
