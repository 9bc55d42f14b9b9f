using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace IdentityProvider.Benchmarks;

/// <summary>
/// Does time tell whether a name exists? Interleaved tries with wrong passwords for names that are somebody's and names that
/// are nobody's, before and after they are locked, compared by the Mann-Whitney U test (two-sided, normal approximation with
/// tie correction). A difference is reported when p is below 0.01.
/// </summary>
internal sealed partial class Timing(Server server) : IDisposable
{
    private const int Names = 60, TriesOfAName = 4, TriesWhenLocked = 4, Mailboxes = Names * TriesOfAName;
    private const double Significant = 0.01;

    // Of a password nobody tries.
    private const string Hash = "$argon2id$v=19$m=19456,t=2,p=1$MhoTpsS5yk4MrrW3XbZgcA$T0kbh8fCLl4OdX2cbAiEK0ahC33yMdSLRg6Vul9CSrk";

    public static string Document => $$"""
        {
          "clients": [ { "client_id": "web", "token_endpoint_auth_method": "none", "redirect_uris": ["https://client.bench/callback"], "scope": "openid", "consent": "implicit" } ],
          "users": [ {{string.Join(", ", Enumerable.Range(0, Names).Select(i => $$"""{ "username": "known{{i:00}}", "password_hash": "{{Hash}}" }""").Concat(Enumerable.Range(0, Mailboxes).Select(i => $$"""{ "username": "box{{i}}", "email": "known{{i:000}}@bench.test" }""")))}} ]
        }
        """;

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = server.Address };
    private string login = "", token = "";

    public async Task<bool> RunAsync()
    {
        using var first = await http.GetAsync("/connect/authorize?client_id=web&redirect_uri=https%3A%2F%2Fclient.bench%2Fcallback&response_type=code&scope=openid&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256");
        login = first.Headers.Location!.ToString();
        token = AntiforgeryToken().Match(await http.GetStringAsync(login)).Groups[1].Value;
        for (var i = 0; i < 20; i++)
            await TryAsync($"warm{i}");

        var open = await CompareAsync("wrong password", TriesOfAName);
        for (var i = 0; i < Names; i++)
        {
            await TryAsync($"known{i:00}");
            await TryAsync($"other{i:00}");
        }
        var locked = await CompareAsync("locked", TriesWhenLocked);

        // Each mailbox once: there is a limit on mails, for those that are nobody's too.
        login = "/recover";
        for (var i = 0; i < 20; i++)
            await AskAsync($"warm{i}");
        var asked = await CompareAsync("forgotten password", TriesOfAName, (known, _, i) => AskAsync($"{(known ? "known" : "other")}{i:000}"));
        return open && locked && asked;
    }

    private Task<double> AskAsync(string mailbox) => PostAsync(mailbox, new() { ["email"] = $"{mailbox}@bench.test", ["__RequestVerificationToken"] = token });

    private Task<bool> CompareAsync(string state, int tries) => CompareAsync(state, tries, (known, name, _) => TryAsync($"{(known ? "known" : "other")}{name:00}"));

    private static async Task<bool> CompareAsync(string state, int tries, Func<bool, int, int, Task<double>> tryAsync)
    {
        List<double> known = [], unknown = [];
        foreach (var i in Enumerable.Range(0, tries * Names))
        {
            // Which of the two comes first is tossed, so that a drift of the machine falls on both.
            var knownFirst = RandomNumberGenerator.GetInt32(2) == 0;
            foreach (var isKnown in new[] { knownFirst, !knownFirst })
                (isKnown ? known : unknown).Add(await tryAsync(isKnown, i % Names, i));
        }

        var p = MannWhitney(known, unknown);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{state}: {known.Count} tries each; median {Median(known):F2} ms known, {Median(unknown):F2} ms unknown; Mann-Whitney p = {p:F3}: {(p < Significant ? "DIFFERENT" : "cannot be told apart")}"));
        return p >= Significant;
    }

    private Task<double> TryAsync(string username) =>
        PostAsync(username, new() { ["username"] = username, ["password"] = "not the password", ["__RequestVerificationToken"] = token });

    private async Task<double> PostAsync(string username, Dictionary<string, string> fields)
    {
        using var content = new FormUrlEncodedContent(fields);
        var watch = Stopwatch.StartNew();
        using var answer = await http.PostAsync(login, content);
        await answer.Content.ReadAsByteArrayAsync();
        var elapsed = watch.Elapsed.TotalMilliseconds;
        return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests ? elapsed : throw new InvalidOperationException($"{username}: {(int)answer.StatusCode}");
    }

    private static double MannWhitney(List<double> a, List<double> b)
    {
        var all = a.Select(v => (Value: v, First: true)).Concat(b.Select(v => (Value: v, First: false))).OrderBy(v => v.Value).ToList();
        double rankSum = 0, ties = 0;
        for (var i = 0; i < all.Count;)
        {
            var j = i;
            while (j < all.Count && all[j].Value.Equals(all[i].Value))
                j++;
            double count = j - i;
            ties += (count * count * count) - count;
            rankSum += all.Skip(i).Take(j - i).Count(v => v.First) * (i + 1 + j) / 2.0;
            i = j;
        }

        double n = a.Count, m = b.Count, total = n + m;
        var u = rankSum - (n * (n + 1) / 2);
        var deviation = Math.Sqrt(n * m / 12 * (total + 1 - (ties / (total * (total - 1)))));
        return 2 * (1 - Normal(Math.Abs(u - (n * m / 2)) / deviation));
    }

    /// <summary>Distribution function of the standard normal (Abramowitz and Stegun 26.2.17; error below 1e-7).</summary>
    private static double Normal(double z)
    {
        var t = 1 / (1 + (0.2316419 * z));
        var tail = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI) * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return 1 - tail;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    public void Dispose() => http.Dispose();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryToken();
}
