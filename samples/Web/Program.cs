using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Samples.Web;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSignIn(builder.Configuration);
builder.Services.AddHttpClient<NotesApi>(http =>
{
    http.BaseAddress = new Uri(builder.Configuration["Api:Url"] ?? "http://localhost:5082");
    http.Timeout = TimeSpan.FromSeconds(10);
});
builder.Services.AddHttpClient<UserInfo>(http => http.Timeout = TimeSpan.FromSeconds(10));
builder.Services.AddRazorPages();

var app = builder.Build();
app.UseExceptionHandler("/trouble");
app.Use((context, next) =>
{
    // form-action is left out on purpose: browsers apply it to the redirects after a form post, sign-out included.
    context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";
    context.Response.Headers.CacheControl = "no-cache, no-store";
    return next(context);
});
app.UseStaticFiles();
app.UseAuthentication();
app.UseAuthorization();
app.MapRazorPages();
app.MapGet("/sign-in", () => Results.Challenge(new AuthenticationProperties { RedirectUri = "/" }, [OpenIdConnectDefaults.AuthenticationScheme]));
app.Run();
