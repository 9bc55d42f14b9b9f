using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;

namespace Samples.Bff;

/// <summary>Passes the page's calls on to the API, with the access token that the page never sees.</summary>
internal sealed class NotesProxy(HttpClient http)
{
    private const int MaxBody = 4 * 1024;

    public async Task<IResult> ForwardAsync(HttpContext context)
    {
        if (await context.GetTokenAsync("access_token") is not { } token)
            return Results.Unauthorized();
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), "/notes");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (HttpMethods.IsPost(context.Request.Method))
        {
            if (context.Request.ContentLength is not <= MaxBody || !context.Request.HasJsonContentType())
                return Results.BadRequest();
            using var reader = new StreamReader(context.Request.Body);
            request.Content = new StringContent(await reader.ReadToEndAsync(context.RequestAborted), new MediaTypeHeaderValue("application/json"));
        }

        using var response = await http.SendAsync(request, context.RequestAborted);
        return Results.Content(await response.Content.ReadAsStringAsync(context.RequestAborted), "application/json", statusCode: (int)response.StatusCode);
    }
}
