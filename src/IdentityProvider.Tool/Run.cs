using System.CommandLine;
using IdentityProvider.Tool.Api;
using IdentityProvider.Tool.Output;
using IdentityProvider.Tool.SignIn;

namespace IdentityProvider.Tool;

/// <summary>One run of one command: its arguments, its server, and who it acts as.</summary>
internal sealed class Run(ParseResult parsed, Surroundings around, CancellationToken ct) : IDisposable
{
    public const string DefaultClient = "idp-cli", AdminScope = "urn:identityprovider:admin";
    private const string DryRunName = "--dry-run";
    private readonly Lazy<HttpClient> http = new(() => new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) })
    {
        Timeout = TimeSpan.FromSeconds(100),
        MaxResponseContentBufferSize = 64 * 1024 * 1024,
        DefaultRequestHeaders = { { "User-Agent", "idp/0.1" } },
    });

    public Surroundings Around => around;

    public CancellationToken Ct => ct;

    public HttpClient Http => http.Value;

    public SignInStore Store { get; } = new(around.Folder);

    public Printer Printer { get; } = new(around.Output, around.Error, parsed.GetValue(GlobalOptions.Output) == "json");

    public bool IsDryRun => parsed.CommandResult.Command.Options.Any(option => option.Name == DryRunName) && parsed.GetValue<bool>(DryRunName);

    public string ClientId => parsed.GetValue(GlobalOptions.ClientId) ?? around.Given("IDP_CLIENT_ID") ?? DefaultClient;

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    public T Get<T>(Argument<T> argument) => parsed.GetRequiredValue(argument);

    public T? GetOptional<T>(Argument<T?> argument) => parsed.GetValue(argument);

    /// <exception cref="ToolException">None was named, and nobody signed in.</exception>
    public Uri Server() => (parsed.GetValue(GlobalOptions.Server) ?? around.Given("IDP_SERVER")) is { } named
        ? Servers.Read(named)
        : Store.LastServer() ?? throw new ToolException("Name a server with --server or IDP_SERVER, or sign in: idp login --server https://login.example.com", ExitCode.Forbidden);

    public async Task<AdminApi> ApiAsync()
    {
        var server = Server();
        return new AdminApi(Http, server, await CredentialsAsync(server), around.Clock, IsDryRun, ct);
    }

    /// <summary>The words of --scope or IDP_SCOPE, those of the admin API written out.</summary>
    public string? Scopes() => (parsed.GetValue(GlobalOptions.Scope) ?? around.Given("IDP_SCOPE")) is { } scopes ? string.Join(' ', scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Full)) : null;

    public async Task<string?> SecretAsync()
    {
        if ((parsed.GetValue(GlobalOptions.SecretFile) ?? around.Given("IDP_CLIENT_SECRET_FILE")) is { } file && (parsed.GetValue(GlobalOptions.SecretFile) is not null || around.Given("IDP_CLIENT_SECRET") is null))
            return (await around.ReadAsync(file, ct)).TrimEnd('\r', '\n') is { Length: > 0 } secret ? secret : throw ToolException.Misused($"{file} is empty. Write the secret into it.");
        return around.Given("IDP_CLIENT_SECRET");
    }

    public void Dispose()
    {
        if (http.IsValueCreated)
            http.Value.Dispose();
    }

    private async Task<Credentials> CredentialsAsync(Uri server)
    {
        if (around.Given("IDP_TOKEN") is { } token)
            return new GivenToken(token);
        if (await SecretAsync() is { } secret)
            return new ClientCredentialsGrant(Http, server, ClientId, secret, Scopes() ?? AdminScope);
        return Store.Find(server) is { } signIn
            ? new PersonalSignIn(Http, server, Store, signIn, around.Clock)
            : throw new ToolException($"Nobody is signed in at {server}. Sign in: idp login --server {server}", ExitCode.Forbidden);
    }

    private static string Full(string scope) => scope.EndsWith(":read", StringComparison.Ordinal) || scope.EndsWith(":write", StringComparison.Ordinal)
        ? scope.Count(c => c == ':') == 1 && Areas.Contains(scope.Split(':')[0]) ? $"{AdminScope}:{scope}" : scope
        : scope;

    /// <summary>The areas of the admin API, whose scopes have short names here.</summary>
    public static readonly string[] Areas =
        ["users", "roles", "clients", "apis", "consents", "grants", "sessions", "api-keys", "service-accounts", "providers", "keys", "audit", "webhooks", "settings", "statistics"];
}

internal static class Running
{
    /// <summary>What the command does. One that changes something has --dry-run, and then prints what it would have sent.</summary>
    public static Command Does(this Command command, Surroundings around, Func<Run, AdminApi, Task> work) => command.Does(around, async run =>
    {
        var api = await run.ApiAsync();
        await work(run, api);
        if (api.IsDryRun)
            run.Printer.Planned(api.Planned);
        return ExitCode.Done;
    });

    public static Command Does(this Command command, Surroundings around, Func<Run, Task<int>> work)
    {
        command.SetAction(async (parsed, ct) =>
        {
            using var run = new Run(parsed, around, ct);
            return await work(run);
        });
        return command;
    }
}
