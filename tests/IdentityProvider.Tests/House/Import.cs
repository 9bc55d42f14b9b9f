namespace IdentityProvider.Tests.House;

/// <summary>A type uses a type of the house. Both are outermost types: what the compiler makes of lambdas and iterators counts as theirs.</summary>
internal sealed record Import(string FromRoom, string From, string ToRoom, string To)
{
    public override string ToString() => $"{From} -> {To}";
}
