using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using IdentityProvider.Admin.Clients;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Tests.Testing;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Snippets of the command line, run as they stand on the page, against a server.</summary>
public sealed partial class RunningSnippets : IAsyncLifetime
{
    private IdpHost host = null!;

    public async Task InitializeAsync() => host = await IdpHost.StartAsync(new IdpSetup { Document = TestDocument.Json });

    public async Task DisposeAsync() => await host.DisposeAsync();

    [Theory]
    [InlineData("client_secret_basic")]
    [InlineData("client_secret_post")]
    public async Task A_machine_gets_a_token_and_the_api_asks_about_it(string method)
    {
        await host.InStoreAsync(async db =>
        {
            foreach (var client in await db.Set<Client>().Where(client => client.ClientId == "worker" || client.ClientId == TestDocument.Api).ToListAsync())
                (client.TokenEndpointAuthMethod, client.Scope) = (method, client.ClientId == "worker" ? "notes:read" : "");
            return await db.SaveChangesAsync();
        });
        var token = Json(await RunAsync("curl", "worker", ("WORKER_SECRET", TestDocument.Secret))).GetProperty("access_token").GetString()!;
        var answer = Json(await RunAsync("curl-introspection", TestDocument.Api, ("NOTES_TEST_SECRET", TestDocument.Secret), ("TOKEN", token)));
        Assert.True(answer.GetProperty("active").GetBoolean());
        var (code, output, _) = await RunAsync("curl", "worker", ("WORKER_SECRET", "wrong"));
        Assert.NotEqual(0, code);
        Assert.Contains("invalid_client", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_gets_tokens_once_somebody_approves_it()
    {
        var approved = new TaskCompletionSource();
        var run = Shell.RunAsync(await CodeAsync("curl-device", "device"), line =>
        {
            if (UserCode().Match(line) is { Success: true } match)
                _ = ApproveAsync(match.Groups[1].Value, approved);
        });
        await approved.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.NotNull(Json(await run).GetProperty("access_token").GetString());
    }

    private async Task ApproveAsync(string userCode, TaskCompletionSource done)
    {
        try
        {
            using var ada = new Browser(host);
            await ada.OpenAccountAsync();
            await ada.OpenAsync("/device");
            await ada.SubmitAsync("Continue", ("user_code", userCode));
            Assert.Equal(HttpStatusCode.OK, (await ada.SubmitAsync("Approve")).Status);
            done.SetResult();
        }
        catch (Exception failure)
        {
            done.SetException(failure);
        }
    }

    private static JsonElement Json((int Code, string Output, string Errors) run)
    {
        Assert.True(run.Code == 0, $"{run.Code}: {run.Output} {run.Errors}");
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(string snippet, string clientId, params (string Name, string Value)[] environment) =>
        await Shell.RunAsync(await CodeAsync(snippet, clientId), null, environment);

    private Task<string> CodeAsync(string snippet, string clientId) => host.InStoreAsync(async db => Snippet.All.Single(one => one.Name == snippet).Fill(await ValuesAsync(db, clientId)));

    private async Task<SnippetValues> ValuesAsync(Store db, string clientId) =>
        await SnippetValues.OfAsync(db, host.Issuer.OriginalString, ClientMetadata.Of(await db.Set<Client>().SingleAsync(client => client.ClientId == clientId), new ClientMetadata()), CancellationToken.None);

    [GeneratedRegex("enter ([A-Z0-9-]+)")]
    private static partial Regex UserCode();
}
