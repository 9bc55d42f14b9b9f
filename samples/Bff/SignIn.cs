using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Samples.Bff;

internal static class SignIn
{
    public static void AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        var issuer = new Uri(configuration["Idp:Issuer"] ?? "http://localhost:5080");
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Tickets>();
        services.AddHttpClient<TokenRefresh>(http => http.Timeout = TimeSpan.FromSeconds(10));
        services.AddOptions<CookieAuthenticationOptions>(CookieAuthenticationDefaults.AuthenticationScheme).Configure<Tickets>((cookie, tickets) => cookie.SessionStore = tickets);
        services
            .AddAuthentication(options =>
            {
                options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            .AddCookie(options =>
            {
                options.Cookie.Name = "notes-bff";
                options.Cookie.HttpOnly = true;
                options.Cookie.SameSite = SameSiteMode.Lax;
                options.ExpireTimeSpan = TimeSpan.FromHours(8);
                options.Events.OnValidatePrincipal = context =>
                    context.HttpContext.RequestServices.GetRequiredService<TokenRefresh>().RefreshAsync(context);
            })
            .AddOpenIdConnect(options =>
            {
                options.Authority = issuer.OriginalString;
                options.RequireHttpsMetadata = !issuer.IsLoopback;
                options.ClientId = configuration["Idp:ClientId"];
                options.ClientSecret = configuration["Idp:ClientSecret"];
                options.MapInboundClaims = false;
                options.TokenValidationParameters.NameClaimType = "name";
                options.Scope.Clear();
                foreach (var scope in (string[])["openid", "profile", "email", "offline_access", "notes:read", "notes:write"])
                    options.Scope.Add(scope);
                options.ResponseType = OpenIdConnectResponseType.Code;
                options.ResponseMode = OpenIdConnectResponseMode.Query;
                options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
                options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

                // Into the ticket on this server: the browser has a random number and nothing else.
                options.SaveTokens = true;
            });
    }
}
