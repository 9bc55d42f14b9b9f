using System.Globalization;
using IdentityProvider.Platform.Http;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace IdentityProvider.Audit.Admin;

/// <summary>What the address of a page asks of the audit, with the same words as the admin API.</summary>
/// <param name="Values">As they were typed.</param>
/// <param name="Wrong">Which of them are out of their limits.</param>
/// <param name="Filter">Null while one is.</param>
internal sealed record AuditQuestion(IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Wrong, AuditFilter? Filter)
{
    public const string Path = "/admin/audit";

    public string? this[string key] => Values.GetValueOrDefault(key);

    public bool IsAsked => Values.Count > 0;

    /// <summary>The times as a field for them takes them, in UTC; what is none is shown as it was typed.</summary>
    public string? From => Typed("from", Filter?.From);

    public string? To => Typed("to", Filter?.To);

    /// <summary>The same question, asked of another page or with a part of it changed.</summary>
    public string At(string path, params (string Name, string? Value)[] changes)
    {
        var query = new QueryBuilder();
        foreach (var key in AuditFilter.Known.Where(key => Values.ContainsKey(key) && !changes.Any(change => change.Name == key)))
            query.Add(key, Values[key]);
        foreach (var (name, value) in changes)
            if (!string.IsNullOrEmpty(value))
                query.Add(name, value);
        return path + query;
    }

    private string? Typed(string key, DateTimeOffset? time) =>
        time is { } at ? at.UtcDateTime.ToString(at.Second == 0 ? "yyyy-MM-dd'T'HH:mm" : "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) : this[key];
}

/// <summary>Reads questions. People are asked for by the names they sign in with; the audit knows their ids.</summary>
internal sealed class AuditQuestions(UserLookup users)
{
    private const int Longest = 300;

    public async Task<AuditQuestion> ReadAsync(HttpRequest request, ConsoleUser me, CancellationToken ct)
    {
        var values = new Dictionary<string, string>();
        foreach (var key in AuditFilter.Known)
            if (RefusedForm.Clean(request.Query[key].FirstOrDefault()) is { Length: > 0 } text)
                values[key] = text.Length > Longest ? text[..Longest] : text;
        var wrong = AuditFilter.Known.Where(key => AuditFilter.Of(other => other == key ? values.GetValueOrDefault(key) : null) is null).ToList();
        if (wrong.Count > 0)
            return new AuditQuestion(values, wrong, null);
        var ids = new Dictionary<string, string>(values);
        if (me.May(Permission.ReadUsers))
        {
            await CallAsync(ids, "actor", _ => true, ct);

            // A role may bear the name of a person; an address is only ever somebody's.
            await CallAsync(ids, "target", name => name.Contains('@', StringComparison.Ordinal), ct);
        }

        return new AuditQuestion(values, [], AuditFilter.Of(ids.GetValueOrDefault));
    }

    private async Task CallAsync(Dictionary<string, string> ids, string key, Func<string, bool> mayBePerson, CancellationToken ct)
    {
        if (ids.TryGetValue(key, out var name) && !Guid.TryParse(name, out _) && mayBePerson(name) && await users.FindAsync(name, ct) is { } person)
            ids[key] = person.Id.ToString();
    }
}
