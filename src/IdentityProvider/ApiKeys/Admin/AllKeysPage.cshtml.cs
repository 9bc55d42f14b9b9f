using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace IdentityProvider.ApiKeys.Admin;

/// <summary>/admin/api-keys: everybody's keys, by owner and state.</summary>
[SignedInPage, Permission(Permission.ReadApiKeys)]
internal sealed class AllKeysPage(KeySearch search, Store db, IOptions<ApiKeysOptions> options, TimeProvider clock) : PageModel
{
    public static readonly (string? State, string Words)[] States = [(null, "All"), (KeySearch.Working, "Working"), (KeySearch.Unused, "Never used"), (KeySearch.Ended, "Ended")];
    private const int Rows = 50;

    [BindProperty(SupportsGet = true, Name = "user")]
    public string? Person { get; set; }

    [BindProperty(SupportsGet = true, Name = "state")]
    public string? State { get; set; }

    public IReadOnlyList<ApiKey> Keys { get; private set; } = [];
    public IReadOnlyDictionary<Guid, User> Owners { get; private set; } = new Dictionary<Guid, User>();
    public Guid? Next { get; private set; }
    public DateTimeOffset Now { get; private set; }
    public bool IsRevoked { get; private set; }

    public bool IsFiltered => (Person ?? State) is not null;

    public bool EndsSoon(ApiKey key) => key.IsLive(Now) && key.SuccessorId is null && key.ExpiresAt - Now <= options.Value.WarnBefore;

    public async Task OnGetAsync(Guid? after, string? done, CancellationToken ct)
    {
        Person = RefusedForm.Clean(Person) is { Length: > 0 } clean ? clean[..Math.Min(clean.Length, 254)] : null;
        State = State is KeySearch.Working or KeySearch.Ended or KeySearch.Unused ? State : null;
        (Now, IsRevoked) = (clock.GetUtcNow(), done is "revoked");
        (Keys, Next) = await search.FindAsync(Person, State, Rows, after, ct);
        var ids = Keys.Select(key => key.UserId).Distinct().ToList();
        Owners = await db.Set<User>().AsNoTracking().Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, ct);
    }

    /// <summary>This list with one part of the question changed.</summary>
    public string Here(string? state, Guid? after = null)
    {
        var query = new QueryBuilder();
        foreach (var (name, value) in new[] { ("user", Person), ("state", state), ("after", after?.ToString()) })
            if (!string.IsNullOrEmpty(value))
                query.Add(name, value);
        return "/admin/api-keys" + query;
    }
}
