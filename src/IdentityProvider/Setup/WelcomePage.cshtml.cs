using IdentityProvider.Platform;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Setup;

/// <summary>/: that the server runs, and in Development how to go on.</summary>
internal sealed class WelcomePage(IWebHostEnvironment environment, IOptions<SetupOptions> setup, IOptions<IdentityProviderOptions> options) : PageModel
{
    /// <summary>The discovery documents and the key set.</summary>
    public IReadOnlyList<WelcomeLink> Endpoints { get; private set; } = [];

    /// <summary>In Development: samples and commands to go on with.</summary>
    public IReadOnlyList<WelcomeLink> Next { get; private set; } = [];

    /// <summary>In Development: who can sign in.</summary>
    public IReadOnlyList<DemoUser> DemoUsers { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var issuer = options.Value.IssuerUri;
        Endpoints =
        [
            new("Discovery", new Uri(issuer, ".well-known/openid-configuration").ToString(), "OpenID Connect Discovery 1.0"),
            new("Keys", new Uri(issuer, ".well-known/jwks").ToString(), "What APIs verify tokens with"),
            new("Connect a device", new Uri(issuer, "device").ToString(), "For a TV or console that shows a code"),
        ];
        if (!environment.IsDevelopment())
            return;
        Next =
        [
            new("Web sample", "http://localhost:5081/", "dotnet run --project samples/Web"),
            new("Mails", new Uri(issuer, "development/mails").ToString(), "What would have been sent"),
        ];
        DemoUsers = await DemoUser.ReadAsync(setup.Value, ct);
    }
}

internal sealed record WelcomeLink(string Text, string Url, string? Note = null);

/// <summary>A user of the setup documents whose password stands there in clear: a demo.</summary>
internal sealed record DemoUser(string Username, string Password, string? Note)
{
    public static async Task<IReadOnlyList<DemoUser>> ReadAsync(SetupOptions options, CancellationToken ct)
    {
        var users = new List<DemoUser>();
        foreach (var path in options.Files)
            users.AddRange((await SetupReader.ReadAsync(path, ct)).Document.Users
                .Where(u => u.Password is not null)
                .Select(u => new DemoUser(u.Username, u.Password!, u.Roles is { Count: > 0 } roles ? string.Join(", ", roles) : null)));
        return users;
    }
}
