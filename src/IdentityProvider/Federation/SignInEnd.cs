using System.Net.Sockets;
using IdentityProvider.Authorize;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IdentityProvider.Federation;

/// <summary>Where a sign-in that failed ends: on the sign-in page, with the reason in words and an id that is in the log.</summary>
internal sealed class SignInEnd(ReturnTicket tickets, EventLog events, ILogger<SignInEnd> logger)
{
    /// <summary>For a browser that did not start what it brings, or an address that is none of ours. It learns nothing of whose request it was.</summary>
    public static ErrorResult Nowhere { get; } = new(new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_request", "The sign-in is unknown in this browser, or was started too long ago.")
    {
        Heading = "Start again from the application",
        Advice = "This sign-in was not started in this browser, or too long ago. Go back to the application you were using and choose “Sign in” there.",
    });

    public async Task<IResult> RefuseAsync(HttpContext http, KnownProvider provider, string ticket, Refusal refusal, Exception? failure, CancellationToken ct)
    {
        var id = ErrorInfo.IdOf(http);
        events.Raise(new FederationRefused(provider.Row.Name, refusal.Reason, id));
        if (failure is not null)
            logger.LogWarning("{Provider} did not sign anybody in ({ErrorId}): {Failure}", provider.Row.Name, id, Line(failure));

        // Who said no needs no id to ask about.
        await tickets.TellAsync(ticket, refusal.Reason == Refusal.Denied("").Reason ? refusal.Words : $"{refusal.Words} Error id: {id}", ct);
        return new SeeOther($"/login?ticket={ticket}");
    }

    /// <summary>What the provider or its library wrote: one line of bounded length.</summary>
    private static string Line(Exception failure)
    {
        var text = string.Join(" <- ", Chain(failure).Select(e => $"{e.GetType().Name}: {e.Message}"));
        return string.Concat(text.Take(500).Select(c => char.IsControl(c) ? ' ' : c));
    }

    /// <summary>Was there no answer at all? One that is too large, or says no, is an answer.</summary>
    public static bool IsUnreachable(Exception? failure) => Chain(failure).Any(e =>
        e is OperationCanceledException or IOException or SocketException or HttpRequestException { HttpRequestError: not (HttpRequestError.Unknown or HttpRequestError.ConfigurationLimitExceeded) });

    private static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            yield return failure;
    }
}
