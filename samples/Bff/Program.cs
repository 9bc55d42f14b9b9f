using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Samples.Bff;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSignIn(builder.Configuration);
builder.Services.AddHttpClient<NotesProxy>(http =>
{
    http.BaseAddress = new Uri(builder.Configuration["Api:Url"] ?? "http://localhost:5082");
    http.Timeout = TimeSpan.FromSeconds(10);
});

var app = builder.Build();
app.Use((context, next) =>
{
    context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    context.Response.Headers.CacheControl = "no-store";
    return next(context);
});
app.UseDefaultFiles();
app.UseStaticFiles();
app.UseAuthentication();

// What the page may ask for. A form or a link of another site cannot send this header, so none of them acts for the person (CSRF).
var page = app.MapGroup("").AddEndpointFilter(async (context, next) =>
    context.HttpContext.Request.Headers["X-Page"] == "1" ? await next(context) : Results.BadRequest());
page.MapGet("/bff/me", (HttpContext http) => http.User.Identity is { IsAuthenticated: true } person
    ? Results.Json(new { name = person.Name, email = http.User.FindFirst("email")?.Value })
    : Results.Unauthorized());
page.MapGet("/bff/notes", (HttpContext http, NotesProxy notes) => notes.ForwardAsync(http));
page.MapPost("/bff/notes", (HttpContext http, NotesProxy notes) => notes.ForwardAsync(http));

app.MapGet("/bff/sign-in", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }, [OpenIdConnectDefaults.AuthenticationScheme]));
app.MapPost("/bff/sign-out", (HttpContext http) => http.Request.Headers.Origin.ToString() is var origin && origin == $"{http.Request.Scheme}://{http.Request.Host}"
    ? Results.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme])
    : Results.BadRequest());
app.MapPost("/bff/backchannel-logout", BackChannelLogout.HandleAsync);
app.Run();
