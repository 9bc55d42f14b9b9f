using Duende.IdentityModel.Client;
using Microsoft.Extensions.Configuration;
using Samples.DeviceConsole;

var configuration = new ConfigurationBuilder()
    .SetBasePath(AppContext.BaseDirectory)
    .AddJsonFile("appsettings.json")
    .AddEnvironmentVariables()
    .AddCommandLine(args)
    .Build();

Console.OutputEncoding = System.Text.Encoding.UTF8;
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(15) };

try
{
    return (int)await RunAsync(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return (int)Exit.Interrupted;
}
catch (HttpRequestException e)
{
    return (int)Fail(Exit.Failed, e.Message);
}

async Task<Exit> RunAsync(CancellationToken ct)
{
    var issuer = configuration["Idp:Issuer"] ?? "http://localhost:5080";
    var discovery = await http.GetDiscoveryDocumentAsync(issuer, ct);
    if (discovery.IsError)
        return Fail(Exit.Failed, $"No answer from {issuer}: {discovery.Error?.TrimEnd('.')}. Is the server running?");

    var clientId = configuration["Idp:ClientId"] ?? "device";
    var flow = new DeviceFlow(http, discovery, clientId, configuration["Idp:Scope"] ?? "openid", TimeProvider.System);
    var outcome = await flow.RunAsync(ct);
    if (outcome is DeviceOutcome.Refused refused)
        return Fail(refused.Exit, refused.Reason);

    var tokens = new AccessTokens(http, discovery, clientId, ((DeviceOutcome.SignedIn)outcome).Tokens, TimeProvider.System);
    if (await tokens.GetAsync(ct) is not { } first || !await SignedInPerson.PrintAsync(http, discovery, first, ct))
        return Exit.Failed;

    // A TV goes on for days: with Notes:Every it shows the notes again and again, and an access token ends meanwhile.
    var every = configuration.GetValue("Notes:Every", TimeSpan.Zero);
    while (await tokens.GetAsync(ct) is { } token)
    {
        var shown = await Notes.PrintAsync(http, configuration["Api:Url"] ?? "http://localhost:5082", token, ct);
        if (every <= TimeSpan.Zero)
            return shown ? Exit.Done : Exit.ApiFailed;
        await Task.Delay(every, ct);
    }

    return Exit.SignedOut;
}

static Exit Fail(Exit exit, string reason)
{
    Console.Error.WriteLine(reason);
    return exit;
}
