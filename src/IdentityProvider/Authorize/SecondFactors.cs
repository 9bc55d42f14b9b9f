using IdentityProvider.Claims;

namespace IdentityProvider.Authorize;

/// <summary>The second factors of a person, of whatever rooms, strongest first.</summary>
internal sealed class SecondFactors(IEnumerable<ISecondFactor> kinds)
{
    /// <summary>Those the person has that reach <paramref name="acr"/>; none when nothing of theirs is asked at every sign-in.</summary>
    public async ValueTask<IReadOnlyList<ISecondFactor>> OfAsync(Guid userId, string acr, CancellationToken ct)
    {
        var available = new List<(ISecondFactor Kind, string Acr)>();
        foreach (var kind in kinds.OrderBy(kind => kind.Order))
            if (await kind.AcrOfAsync(userId, ct) is { } reached)
                available.Add((kind, reached));
        return available.Exists(a => a.Kind.AskedAlways) ? [.. available.Where(a => Acr.Reaches(a.Acr, acr)).Select(a => a.Kind)] : [];
    }

    /// <summary>Takes all factors of the person away, in the transaction of the caller.</summary>
    public async Task RemoveAsync(Guid userId, CancellationToken ct)
    {
        foreach (var kind in kinds)
            await kind.RemoveAsync(userId, ct);
    }

    /// <summary>Has the person a factor of their own, which is asked at every sign-in, perhaps beside one kind?</summary>
    public async ValueTask<bool> HasAnyAsync(Guid userId, CancellationToken ct, string? except = null)
    {
        foreach (var kind in kinds)
            if (kind.AskedAlways && kind.Kind != except && await kind.AcrOfAsync(userId, ct) is not null)
                return true;
        return false;
    }
}

/// <summary>What <c>_OtherWays.cshtml</c> needs: the factor on the page, whose, and the ticket of the request.</summary>
internal sealed record OtherWays(string Kind, Guid UserId, string Ticket);
