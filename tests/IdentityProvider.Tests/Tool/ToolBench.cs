using System.Text;
using System.Text.Json.Nodes;
using IdentityProvider.Clients;
using IdentityProvider.Platform.Events;
using IdentityProvider.Roles;
using IdentityProvider.Tests.Admin;
using IdentityProvider.Tests.Testing;
using IdentityProvider.Tool;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Tool;

/// <summary>The tool beside a server, with an environment and a home of its own. It acts for the service account robot, unless told otherwise.</summary>
internal sealed class ToolBench : IDisposable
{
    public const string RobotSecret = "a-robot-secret-of-more-than-256-bits-0123456789";

    public Dictionary<string, string> Variables { get; } = [];

    public string Folder { get; } = Directory.CreateTempSubdirectory("idp-tool-").FullName;

    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>As the robot of a server that was started with <see cref="Document"/>.</summary>
    public static ToolBench Robot(IdpHost host) => new()
    {
        Variables = { ["IDP_SERVER"] = host.Issuer.ToString(), ["IDP_CLIENT_ID"] = "robot", ["IDP_CLIENT_SECRET"] = RobotSecret },
    };

    /// <summary>The test's deployment with every administrator's permission in admin, a robot that holds it, and the public client idp-cli.</summary>
    public static string Document(Action<JsonObject>? change = null)
    {
        var document = JsonNode.Parse(RightsBench.Document([.. SeededRoles.Permissions[SeededRoles.Admin].Except(["audit:read", "roles:manage", "roles:read", "sessions:read", "users:read"])]))!.AsObject();
        var scopes = string.Join(' ', AdminScopes.All.Select(scope => scope.Name));
        document["service_accounts"] = new JsonArray(new JsonObject { ["name"] = "robot", ["roles"] = new JsonArray("admin") });
        document["clients"]!.AsArray().Add(new JsonObject
        {
            ["client_id"] = "robot",
            ["client_secret"] = RobotSecret,
            ["grant_types"] = new JsonArray("client_credentials"),
            ["scope"] = $"notes:read urn:identityprovider:admin {scopes}",
            ["service_account"] = "robot",
        });
        document["clients"]!.AsArray().Add(new JsonObject
        {
            ["client_id"] = "idp-cli",
            ["client_name"] = "Command line",
            ["token_endpoint_auth_method"] = "none",
            ["application_type"] = "native",
            ["grant_types"] = new JsonArray(Device.Tv.GrantType, "refresh_token"),
            ["scope"] = $"openid profile offline_access urn:identityprovider:admin {scopes}",
        });
        change?.Invoke(document);
        return document.ToJsonString();
    }

    public async Task<Answer> RunAsync(params string[] args) => await RunAsync("", new StringWriter(), args);

    public async Task<Answer> RunAsync(string input, TextWriter error, params string[] args)
    {
        using var output = new StringWriter();
        var code = await Idp.RunAsync(args, new Surroundings(output, error, new StringReader(input), Variables.GetValueOrDefault, Folder, Clock));
        return new Answer(code, output.ToString(), error.ToString() ?? "");
    }

    /// <summary>Runs it with --output json and reads the answer.</summary>
    public Task<JsonNode> JsonAsync(params string[] args) => JsonAsync(0, args);

    public async Task<JsonNode> JsonAsync(int code, params string[] args)
    {
        var answer = await RunAsync([.. args, "--output", "json"]);
        return answer.Code == code ? JsonNode.Parse(answer.Output)! : throw new InvalidOperationException($"{string.Join(' ', args)}: {answer}");
    }

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public static Task<int> AuditedAsync(IdpHost host) => host.InStoreAsync(db => db.Set<AuditRecord>().CountAsync());

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    internal sealed record Answer(int Code, string Output, string Error);

    /// <summary>Words that can be looked at while they are written.</summary>
    internal sealed class Listening : StringWriter
    {
        private readonly StringBuilder heard = new();

        public override void WriteLine(string? value)
        {
            lock (heard)
                heard.AppendLine(value);
        }

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }

        public override string ToString()
        {
            lock (heard)
                return heard.ToString();
        }
    }
}
