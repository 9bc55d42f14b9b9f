using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>What endpoints of our own API refuse with, each kind in one form.</summary>
internal static class Refusals
{
    public static ErrorResult BadRequest(string words) => new(new ErrorInfo(StatusCodes.Status400BadRequest, "invalid_request", words));

    public static ErrorResult BadPage => BadRequest("limit is 1 to 200; after is the next of an answer.");

    public static ErrorResult Forbidden(string words) => new(new ErrorInfo(StatusCodes.Status403Forbidden, "access_denied", words));

    public static ErrorResult Missing(string what) => new(new ErrorInfo(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}."));

    public static ErrorResult Conflict(string words) => new(new ErrorInfo(StatusCodes.Status409Conflict, "conflict", words));

    /// <summary>412: somebody was faster.</summary>
    public static ErrorResult Changed => new(new ErrorInfo(StatusCodes.Status412PreconditionFailed, "precondition_failed", "It is another one by now. Read it again."));

    public static ErrorResult NotJson => new(new ErrorInfo(StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "Send application/json."));

    public static ErrorResult NoTag => new(new ErrorInfo(StatusCodes.Status428PreconditionRequired, "precondition_required", "Send the ETag of what you have read as If-Match."));
}
