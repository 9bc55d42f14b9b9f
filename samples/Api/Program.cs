using IdentityProvider.AspNetCore;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Samples.Api;

var builder = WebApplication.CreateBuilder(args);
var issuer = new Uri(builder.Configuration["Idp:Issuer"] ?? "http://localhost:5080");

builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
{
    // Keys and the exact issuer come from discovery; after that no request of ours calls the server.
    options.Authority = issuer.OriginalString;
    options.RequireHttpsMetadata = !issuer.IsLoopback;
    options.Audience = builder.Configuration["Idp:Audience"] ?? "https://notes.localhost";
    options.MapInboundClaims = false;
    options.TokenValidationParameters = new TokenValidationParameters
    {
        // Without these an ID token, or a token signed with another kind of key, would do (RFC 9068 section 4, RFC 8725).
        ValidTypes = ["at+jwt"],
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ClockSkew = TimeSpan.FromSeconds(60),
        NameClaimType = "sub",
        RoleClaimType = "roles",
    };
});
builder.Services.AddPermissionAuthorization();
builder.Services.AddSingleton<Board>();
builder.Services.AddSingleton(TimeProvider.System);

var app = builder.Build();
app.UseAuthentication();
app.UseAuthorization();
app.MapNotes();
app.MapGet("/", () => "The Notes API. Its one resource is /notes, and it wants an access token.");
app.Run();
