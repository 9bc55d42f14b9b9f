using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Samples.Web;

internal static class SignIn
{
    public static readonly string[] Scopes = ["openid", "profile", "email", "roles", "offline_access", "notes:read", "notes:write"];

    public static void AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        var issuer = new Uri(configuration["Idp:Issuer"] ?? "http://localhost:5080");
        services.AddSingleton(TimeProvider.System);
        services.AddHttpClient<TokenRefresh>(http => http.Timeout = TimeSpan.FromSeconds(10));
        services
            .AddAuthentication(options =>
            {
                options.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
                options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
            })
            .AddCookie(options =>
            {
                // Cookies do not know ports: the name keeps this sample apart from everything else on localhost.
                options.Cookie.Name = "notes-web";
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
                options.TokenValidationParameters.RoleClaimType = "roles";
                options.Scope.Clear();
                foreach (var scope in Scopes)
                    options.Scope.Add(scope);

                // The code comes back in the query: no cross-site POST, so plain Lax cookies do, also on http://localhost.
                options.ResponseType = OpenIdConnectResponseType.Code;
                options.ResponseMode = OpenIdConnectResponseMode.Query;
                options.CorrelationCookie.SameSite = options.NonceCookie.SameSite = SameSiteMode.Lax;
                options.CorrelationCookie.SecurePolicy = options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;

                // The tokens stay in the encrypted HttpOnly cookie: no script ever sees one.
                options.SaveTokens = true;
                options.GetClaimsFromUserInfoEndpoint = true;
                options.AccessDeniedPath = "/refused";
            });
    }
}
