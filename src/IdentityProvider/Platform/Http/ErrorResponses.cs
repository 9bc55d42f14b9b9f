using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace IdentityProvider.Platform.Http;

/// <summary>One writer for every refusal: a page for people, the RFC's JSON for clients, never a cause or a stack.</summary>
internal static class ErrorResponses
{
    /// <summary>Writes JSON (RFC 6749 section 5.2 with an <c>error_id</c>), a problem document for the admin API, or leaves the body to the error page.</summary>
    public static async Task WriteAsync(HttpContext http, ErrorInfo error)
    {
        http.Response.StatusCode = error.Status;
        http.Response.Headers.CacheControl = "no-store";
        if (Routes.IsInteractive(http.Request.Path))
        {
            await ShowAsync(http, error);
            return;
        }

        if (Routes.IsAdminApi(http.Request.Path))
        {
            await ProblemDocument.WriteAsync(http, error.Status, error.Code, error.Description);
            return;
        }

        await http.Response.WriteAsJsonAsync(new Dictionary<string, string>
        {
            ["error"] = error.Code,
            ["error_description"] = error.Description,
            ["error_id"] = ErrorInfo.IdOf(http),
        });
    }

    /// <summary>The page, rendered in place: no second trip through the pipeline, whatever the request was.</summary>
    private static Task ShowAsync(HttpContext http, ErrorInfo error)
    {
        var data = new ViewDataDictionary<ErrorInfo>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = error };
        var view = new ViewResult { ViewName = "/Platform/Http/Error.cshtml", ViewData = data, StatusCode = error.Status };
        return view.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
    }

    /// <summary>An answer that has a status and nothing else: a path nobody serves, a method it does not take.</summary>
    public static Task CompleteAsync(StatusCodeContext context)
    {
        var status = context.HttpContext.Response.StatusCode;
        return WriteAsync(context.HttpContext, status switch
        {
            StatusCodes.Status404NotFound => new ErrorInfo(status, "not_found", "There is nothing at this address.")
            {
                Heading = "There is nothing at this address",
                Advice = "Check the address, or go back to the application you were using.",
            },
            StatusCodes.Status401Unauthorized => new ErrorInfo(status, "invalid_token", "This needs a valid access token in the Authorization header."),
            StatusCodes.Status405MethodNotAllowed => new ErrorInfo(status, "invalid_request", "This address does not take this method."),
            StatusCodes.Status415UnsupportedMediaType => new ErrorInfo(status, "invalid_request", "This address does not take this kind of content."),
            _ => new ErrorInfo(status, status >= 500 ? "server_error" : "invalid_request", "The request cannot be processed."),
        });
    }

    public static Task TooManyAsync(HttpContext http, TimeSpan retryAfter, string code = "slow_down")
    {
        http.Response.Headers.RetryAfter = RetryLater.Seconds(retryAfter);
        return WriteAsync(http, new ErrorInfo(StatusCodes.Status429TooManyRequests, code, "Too many requests. Wait as long as the Retry-After header says.")
        {
            Heading = "Too many attempts",
            Advice = $"Wait {Duration.InWords(retryAfter)}, then try again.",
        });
    }

    /// <summary>The last resort: what no room handled. The cause goes to the log under the error id only.</summary>
    public static async Task HandleAsync(HttpContext http)
    {
        var cause = http.Features.Get<IExceptionHandlerFeature>()!.Error;
        if (http.RequestAborted.IsCancellationRequested)
            return;
        var error = Translate(cause);
        if (error.Status == StatusCodes.Status503ServiceUnavailable)
            http.Response.Headers.RetryAfter = "5";
        if (error.Status >= 500)
            http.RequestServices.GetRequiredService<ILogger<ErrorInfo>>().LogError(cause, "Request failed, error id {ErrorId}", ErrorInfo.IdOf(http));
        await WriteAsync(http, error);
    }

    private static ErrorInfo Translate(Exception cause) => cause switch
    {
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => RequestLimits.TooLarge,
        BadHttpRequestException bad => new ErrorInfo(bad.StatusCode, "invalid_request", "The request is not well-formed."),
        InvalidDataException => RequestLimits.BadForm,
        BusyException => new ErrorInfo(StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "Too much is going on at once. Try again in a few seconds.")
        {
            Heading = "Many people are here right now",
            Advice = "Try again in a few seconds.",
        },
        // Data Protection wraps whatever kept it from its key ring.
        CryptographicException { InnerException: { } inner } => Translate(inner),

        // So does the driver of PostgreSQL with a connection that was cut.
        InvalidOperationException { InnerException: DbException or DbUpdateException or TimeoutException } => Translate(cause.InnerException!),
        DbException or DbUpdateException or TimeoutException or RedisException => new ErrorInfo(StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "The server cannot reach its database. Try again in a few seconds.")
        {
            Heading = "We cannot do this right now",
            Advice = "Try again in a few seconds.",
        },
        _ => new ErrorInfo(StatusCodes.Status500InternalServerError, "server_error", "Something failed on our side. The error id leads to the record.")
        {
            Heading = "Something went wrong on our side",
            Advice = "Try again. If it happens again, tell us the error number below.",
        },
    };
}
