using IdentityProvider.Account;
using IdentityProvider.Admin;
using IdentityProvider.ApiKeys;
using IdentityProvider.Audit;
using IdentityProvider.Authorize;
using IdentityProvider.Backup;
using IdentityProvider.Captcha;
using IdentityProvider.Claims;
using IdentityProvider.ClientRegistration;
using IdentityProvider.Clients;
using IdentityProvider.Consents;
using IdentityProvider.Device;
using IdentityProvider.Doctor;
using IdentityProvider.Email;
using IdentityProvider.EmailSignIn;
using IdentityProvider.Federation;
using IdentityProvider.Impersonation;
using IdentityProvider.Mfa;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Passkeys;
using IdentityProvider.PersonalData;
using IdentityProvider.Platform;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Settings;
using IdentityProvider.Platform.Telemetry;
using IdentityProvider.Recovery;
using IdentityProvider.Registration;
using IdentityProvider.Roles;
using IdentityProvider.Sessions;
using IdentityProvider.Setup;
using IdentityProvider.SignIn;
using IdentityProvider.SigningKeys;
using IdentityProvider.Suspicions;
using IdentityProvider.Themes;
using IdentityProvider.Tokens;
using IdentityProvider.UpstreamProviders;
using IdentityProvider.Users;
using IdentityProvider.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider;

/// <summary>The house: every room in reading order, the order of the questions at sign-in, and the order of the middleware.</summary>
public static class IdentityProviderBuilder
{
    /// <summary>Adds all rooms. A new one is a folder and its lines here.</summary>
    public static WebApplicationBuilder AddIdentityProvider(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(SettingFiles.AddTo(builder.Configuration, Environment.GetEnvironmentVariable(SettingFiles.CredentialsVariable)));
        builder.AddTelemetry();
        builder.Services
            .AddHostedService<IdentityProviderStart>()
            .AddPlatform()

            // The way of a request.
            .AddAuthorize()
            .AddRegistration()
            .AddSignIn()
            .AddEmailSignIn()
            .AddFederation()
            .AddRecovery()
            .AddMfa()
            .AddPasskeys()
            .AddFederationLink()
            .AddEmailProof()
            .AddPersonalData()
            .AddConsents()
            .AddPasskeyOffer()
            .AddDevice()
            .AddImpersonation()
            .AddTokens()

            // What they all speak of.
            .AddAudit()
            .AddSessions()
            .AddSuspicions()
            .AddUsers()
            .AddRoles()
            .AddClients()
            .AddUpstreamProviders()
            .AddClaims()
            .AddSigningKeys()
            .AddThemes()
            .AddCaptcha()
            .AddOneTimeCodes()
            .AddEmail()

            // What people and administrators do themselves.
            .AddAccount()
            .AddApiKeys()
            .AddClientRegistration()
            .AddAdmin()
            .AddWebhooks()

            // How it comes to be.
            .AddSetup()
            .AddBackup()
            .AddDoctor();
        return builder;
    }

    /// <summary>Maps all rooms.</summary>
    public static WebApplication UseIdentityProvider(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        SettingsCheck.Run(app.Services, app.Configuration, app.Environment);
        app.UsePlatform();
        app.MapThemes();
        app.UseRouting();
        app.UseCors();
        app.UseMiddleware<DocumentCache>();
        app.UseAuthentication();
        app.UseAuthorization();

        app.MapAuthorize();
        app.MapRegistration();
        app.MapPasskeys();
        app.MapFederation();
        app.MapRecovery();
        app.MapMfa();
        app.MapPersonalData();
        app.MapConsents();
        app.MapTokens();
        app.MapSessions();
        app.MapAudit();
        app.MapEmail();
        app.MapAccount();
        app.MapApiKeys();
        app.MapClientRegistration();
        app.MapAdmin();
        app.MapSetup();
        app.MapWebhooks();
        app.MapRazorPages();
        return app;
    }
}
