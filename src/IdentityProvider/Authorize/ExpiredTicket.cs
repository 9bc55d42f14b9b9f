using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace IdentityProvider.Authorize;

/// <summary>What a page shows whose ticket leads nowhere: opened by hand, or a day old.</summary>
internal static class ExpiredTicket
{
    public static IActionResult Show(PageModel page) => new ErrorActionResult(new ErrorInfo(StatusCodes.Status410Gone, "invalid_request", "The ticket is unknown or has expired.")
    {
        Heading = "Start again from the application",
        Advice = "This page is only good for a sign-in that has just been started. Go back to the application you were using and choose “Sign in” there.",
    });
}
