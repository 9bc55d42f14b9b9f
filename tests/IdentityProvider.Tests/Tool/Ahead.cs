namespace IdentityProvider.Tests.Tool;

/// <summary>A clock of this machine that is wrong by so much.</summary>
internal sealed class Ahead(TimeSpan by) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
}
