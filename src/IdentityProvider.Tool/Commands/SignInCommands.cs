using System.CommandLine;
using System.Text.Json.Nodes;
using Duende.IdentityModel.Client;
using IdentityProvider.Tool.SignIn;

namespace IdentityProvider.Tool.Commands;

/// <summary><c>idp login</c>, <c>idp logout</c>, <c>idp token</c>.</summary>
internal static class SignInCommands
{
    public static Command Login(Surroundings around) => new Command("login", "Signs a person in: open the page, approve the code. The sign-in is kept for this user of this machine.").Does(around, async run =>
    {
        var server = run.Server();
        var discovery = await Discovery.ReadAsync(run.Http, server, run.Ct);
        if (discovery.DeviceAuthorizationEndpoint is null)
            throw new ToolException($"{server} has no device authorization endpoint.");
        var scope = $"openid profile offline_access {run.Scopes() ?? Run.AdminScope}";
        var tokens = await new DeviceFlow(run.Http, discovery, run.ClientId, scope, around.Clock, run.Printer.Say).RunAsync(run.Ct);
        run.Store.Keep(server, new StoredSignIn(Servers.Text(server), run.ClientId, tokens.AccessToken!, around.Clock.GetUtcNow().AddSeconds(tokens.ExpiresIn), tokens.RefreshToken));
        run.Store.MakeCurrent(server);
        using var request = new UserInfoRequest { Address = discovery.UserInfoEndpoint, Token = tokens.AccessToken };
        var person = await run.Http.GetUserInfoAsync(request, run.Ct);
        run.Printer.Say($"Signed in at {server}{(person.Claims.FirstOrDefault(claim => claim.Type == "name") is { } name ? $" as {name.Value}" : "")}.");
        return ExitCode.Done;
    });

    public static Command Logout(Surroundings around) => new Command("logout", "Forgets the sign-in, here and at the server.").Does(around, async run =>
    {
        var server = run.Server();
        if (run.Store.Find(server) is not { } signIn)
        {
            run.Printer.Say($"Nobody is signed in at {server}.");
            return ExitCode.Done;
        }

        // Forgotten here whatever the server says: nobody who wants out keeps a token.
        run.Store.Forget(server);
        var discovery = await Discovery.ReadAsync(run.Http, server, run.Ct);
        using var request = new TokenRevocationRequest
        {
            Address = discovery.RevocationEndpoint,
            ClientId = signIn.ClientId,
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
            Token = signIn.RefreshToken ?? signIn.AccessToken,
        };
        var answer = await run.Http.RevokeTokenAsync(request, run.Ct);
        if (answer.IsError)
            throw new ToolException($"Signed out here, but {server} did not take the token back: {answer.Error}");
        run.Printer.Say($"Signed out at {server}.");
        return ExitCode.Done;
    });

    public static Command Token(Surroundings around)
    {
        var resource = new Option<string?>("--resource") { Description = "The API the token is for (RFC 8707).", HelpName = "identifier" };
        return new Command("token", "Gets an access token for a client by client credentials, and prints it. The secret comes from a file or the environment.") { resource }.Does(around, async run =>
        {
            if (await run.SecretAsync() is not { } secret)
                throw ToolException.Misused("Give the client's secret in IDP_CLIENT_SECRET, or in a file with --client-secret-file.");
            var tokens = await new ClientCredentialsGrant(run.Http, run.Server(), run.ClientId, secret, run.Scopes(), run.Get(resource)).AskAsync(run.Ct);
            if (run.Printer.IsJson)
                run.Printer.One(new JsonObject { ["access_token"] = tokens.AccessToken, ["token_type"] = tokens.TokenType, ["expires_in"] = tokens.ExpiresIn, ["scope"] = tokens.Scope ?? run.Scopes() });
            else
                run.Printer.Line(tokens.AccessToken!);
            return ExitCode.Done;
        });
    }
}
