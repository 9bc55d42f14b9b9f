using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>What a route of the admin API takes and answers. Read by the generator of docs/reference/admin-api.json, and by nothing at run time.</summary>
internal sealed record RouteContract(Type? Takes, Type? Answers, int Status, bool NeedsTag);

internal static class Described
{
    /// <param name="route">The endpoint.</param>
    /// <param name="takes">The type its JSON body fills.</param>
    /// <param name="needsTag">It changes what was read: <c>If-Match</c>.</param>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, Type? takes, bool needsTag = false) => route.WithMetadata(new RouteContract(takes, null, 0, needsTag));

    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, Type? answers, int status = StatusCodes.Status200OK) => route.WithMetadata(new RouteContract(null, answers, status, false));

    /// <summary>204.</summary>
    public static RouteHandlerBuilder AnswersNothing(this RouteHandlerBuilder route) => route.Answers(null, StatusCodes.Status204NoContent);
}
