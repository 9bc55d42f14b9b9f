using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using IdentityProvider.Tool.Api;

namespace IdentityProvider.Tool.Doctor;

/// <summary>What a sign-in lets see. What it does not let see is told and is no failure of the server.</summary>
internal static class AdminChecks
{
    private const string Api = "admin API";

    public static async Task<IReadOnlyList<Finding>> RunAsync(Run run)
    {
        try
        {
            var api = await run.ApiAsync();
            return [.. await AskAsync(Api, "statistics", api, _ => [new(Api, Health.Ok, "lets this sign-in in")]), .. await AskAsync("signing keys", "keys", api, answer => Keys(answer, run.Around.Clock.GetUtcNow())), .. await AskAsync("webhooks", "webhooks", api, Webhooks)];
        }
        catch (ToolException problem)
        {
            return [new(Api, problem.Code == ExitCode.Forbidden ? Health.Warn : Health.Fail, problem.Message)];
        }
    }

    private static async Task<IEnumerable<Finding>> AskAsync(string check, string path, AdminApi api, Func<JsonObject, IEnumerable<Finding>> look)
    {
        try
        {
            return look((await api.GetAsync(path)).Object);
        }
        catch (ApiRefusal refusal)
        {
            var problem = refusal.Problem;
            return [new(check, problem.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? Health.Warn : Health.Fail, $"{(int)problem.Status} {problem.Detail}", problem.Remedy)];
        }
    }

    private static IEnumerable<Finding> Keys(JsonObject answer, DateTimeOffset now)
    {
        var active = (answer["keys"] as JsonArray ?? []).OfType<JsonObject>().Where(key => string.Equals(key["state"]?.ToString(), "active", StringComparison.OrdinalIgnoreCase)).ToList();
        if (active.Count == 0)
            yield return new("signing keys", Health.Fail, "none signs", "Look into the server's log: the master key may not open them. idp keys rotate makes new ones.");
        foreach (var key in active)
        {
            var (since, until) = (Time(key["signs_from"]), Time(key["signs_until"]));
            var age = since is { } from ? $"{key["alg"]} signs for {Math.Max(0, (int)(now - from).TotalDays)} days" : $"{key["alg"]} signs";
            yield return until < now ? new("signing keys", Health.Fail, $"{age}, and should have ended", "Rotation stands still. Is a node running that does background work? idp keys rotate does it once.") : new("signing keys", Health.Ok, age);
        }
    }

    private static IEnumerable<Finding> Webhooks(JsonObject answer)
    {
        var hooks = (answer["webhooks"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var off = hooks.Where(hook => hook["disabled_reason"] is not null).ToList();
        foreach (var hook in off)
            yield return new("webhooks", Health.Warn, $"{hook["url"]} is off: {hook["disabled_reason"]}", $"Mend the receiver, then: idp webhooks update {hook["id"]} --set enabled:=true");
        if (off.Count == 0 && hooks.Count > 0)
            yield return new("webhooks", Health.Ok, $"{hooks.Count} on or off as they were set");
    }

    private static DateTimeOffset? Time(JsonNode? value) => DateTimeOffset.TryParse(value?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
