using System.Globalization;
using System.Linq.Expressions;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.People;

/// <summary>
/// Finds people page by page; each query is a range of an index that ends after a page, however many people there are. Looking for the beginning
/// of a text reads three ranges (user name, address, name) side by side and shows each person where the first of their texts stands.
/// </summary>
internal sealed class UserSearch(Store db, IEnumerable<Leaving> leaving)
{
    private static readonly Expression<Func<User, string?>>[] Texts = [user => user.NormalizedUserName, user => user.NormalizedEmail, user => user.NormalizedName];
    private static readonly Func<User, string?>[] Read = [.. Texts.Select(text => text.Compile())];

    /// <returns>Null for an <c>after</c> that is none of ours.</returns>
    public async Task<(IReadOnlyList<User> Users, string? Next)?> FindAsync(UserFilter filter, CancellationToken ct)
    {
        if (filter.Search?.Trim() is not { } text)
            return await SortedAsync(filter, ct);
        if (UserIdRange.Of(text, db.Database.IsSqlServer()) is { } ids && await ByIdAsync(filter, ids, ct) is { Users.Count: > 0 } found)
            return found;
        return SearchText.Of(text) is { } prefix ? await BeginningAsync(filter, prefix, ct) : ([], null);
    }

    private async Task<(IReadOnlyList<User> Users, string? Next)?> ByIdAsync(UserFilter filter, UserIdRange ids, CancellationToken ct)
    {
        var after = Guid.Empty;
        if (filter.After is { } cursor && !(PageCursor.Read(cursor, 1) is [var id] && Guid.TryParseExact(id, "N", out after)))
            return null;
        var found = Matching(filter).Where(user => user.Id.CompareTo(ids.First) >= 0 && user.Id.CompareTo(ids.Last) <= 0);
        if (filter.After is not null)
            found = found.Where(user => user.Id.CompareTo(after) > 0);
        return Page(await found.OrderBy(user => user.Id).Take(filter.Rows + 1).ToListAsync(ct), filter.Rows, last => PageCursor.Of(last.Id.ToString("N")));
    }

    private async Task<(IReadOnlyList<User> Users, string? Next)?> BeginningAsync(UserFilter filter, string prefix, CancellationToken ct)
    {
        (string Text, Guid Id)? after = null;
        if (filter.After is { } cursor)
        {
            if (PageCursor.Read(cursor, 2) is not [var text, var id] || !Guid.TryParseExact(id, "N", out var last))
                return null;
            after = (text, last);
        }

        var found = new List<Found>();
        Found? horizon = null;
        foreach (var (text, read) in Texts.Zip(Read))
        {
            var rows = (await Range(Matching(filter), text, prefix, after).Take(filter.Rows + 1).ToListAsync(ct)).ConvertAll(user => new Found(read(user)!, user));
            found.AddRange(rows);

            // Beyond the last row of a range that goes on, the others know more than it does.
            if (rows.Count > filter.Rows && (horizon is null || rows[^1].CompareTo(horizon) < 0))
                horizon = rows[^1];
        }

        // Who is found by several texts stands where the first of them does, and was shown there, maybe on a page before.
        var shown = found.Where(one => (horizon is null || one.CompareTo(horizon) <= 0) && one.IsFirstOf(prefix)).DistinctBy(one => one.User.Id).Order().ToList();
        var page = shown.Take(filter.Rows).ToList();
        var next = shown.Count > filter.Rows ? page[^1] : horizon;
        return ([.. page.Select(one => one.User)], next is null ? null : PageCursor.Of(next.Text, next.User.Id.ToString("N")));
    }

    /// <summary>Of the people whose text begins so, those after the last one shown.</summary>
    private static IQueryable<User> Range(IQueryable<User> users, Expression<Func<User, string?>> text, string prefix, (string Text, Guid Id)? after)
    {
        var first = after is { } from && OrdinalText.Compare(from.Text, prefix) > 0 ? from.Text : prefix;
        users = users.Where(Compared(text, ExpressionType.GreaterThanOrEqual, first));
        if (OrdinalText.After(prefix) is { } end)
            users = users.Where(Compared(text, ExpressionType.LessThan, end));
        if (after is { } last)
            users = users.Where(Or(Compared(text, ExpressionType.GreaterThan, last.Text), user => user.Id.CompareTo(last.Id) > 0));
        return users.OrderBy(text).ThenBy(user => user.Id);
    }

    private async Task<(IReadOnlyList<User> Users, string? Next)?> SortedAsync(UserFilter filter, CancellationToken ct)
    {
        var order = (filter.IsDescending ? "-" : "") + filter.Order;
        string? text = null;
        Guid? last = null;
        if (filter.After is { } cursor)
        {
            if (PageCursor.Read(cursor, 3) is not [var sort, var key, var id] || sort != order || !Guid.TryParseExact(id, "N", out var parsed))
                return null;
            (text, last) = (key.Length > 0 ? key : null, parsed);
        }

        var rows = new List<User>();
        if (filter.Order != UserFilter.Created && (last is null || text is not null))
            rows = await ByText(Matching(filter), Texts[filter.Order == UserFilter.Username ? 0 : 1], filter.IsDescending, text).Take(filter.Rows + 1).ToListAsync(ct);

        // Ids are in the order of time. After those with a text come those without.
        if (rows.Count <= filter.Rows)
        {
            var rest = filter.Order == UserFilter.Created ? Matching(filter)
                : filter.Order == UserFilter.Username ? Matching(filter).Where(user => user.NormalizedUserName == null) : Matching(filter).Where(user => user.NormalizedEmail == null);
            if (last is { } from && (filter.Order == UserFilter.Created || text is null))
                rest = filter.IsDescending ? rest.Where(user => user.Id.CompareTo(from) < 0) : rest.Where(user => user.Id.CompareTo(from) > 0);
            rows.AddRange(await (filter.IsDescending ? rest.OrderByDescending(user => user.Id) : rest.OrderBy(user => user.Id)).Take(filter.Rows + 1 - rows.Count).ToListAsync(ct));
        }

        string Key(User user) => filter.Order switch { UserFilter.Username => user.NormalizedUserName, UserFilter.Email => user.NormalizedEmail, _ => null } ?? "";
        return Page(rows, filter.Rows, row => PageCursor.Of(order, Key(row), row.Id.ToString("N")));
    }

    /// <summary>User names and addresses are nobody else's, so no second key is needed.</summary>
    private static IQueryable<User> ByText(IQueryable<User> users, Expression<Func<User, string?>> text, bool descending, string? after)
    {
        users = after is null
            ? users.Where(Expression.Lambda<Func<User, bool>>(Expression.NotEqual(text.Body, Expression.Constant(null, typeof(string))), text.Parameters))
            : users.Where(Compared(text, descending ? ExpressionType.LessThan : ExpressionType.GreaterThan, after));
        return descending ? users.OrderByDescending(text) : users.OrderBy(text);
    }

    private IQueryable<User> Matching(UserFilter filter)
    {
        var users = db.Set<User>().AsNoTracking();

        // Asked by the few that are closed: of the column itself SQLite, which keeps no statistics, thinks that nearly nobody is open, and sorts them all.
        var closed = db.Set<User>().Where(user => user.DisabledAt > DateTimeOffset.UnixEpoch).Select(user => user.Id);
        var programs = db.Set<User>().Where(user => user.ServiceSince > DateTimeOffset.UnixEpoch).Select(user => user.Id);
        users = users.Where(user => !programs.Contains(user.Id));
        if (filter.State == UserFilter.Disabled)
            users = users.Where(user => closed.Contains(user.Id));
        if (filter.State == UserFilter.Active)
            users = users.Where(user => !closed.Contains(user.Id));
        foreach (var room in filter.State is UserFilter.Active or UserFilter.Closing ? leaving : [])
        {
            var gone = room.Users(db);
            users = filter.State == UserFilter.Closing ? users.Where(user => gone.Contains(user.Id)) : users.Where(user => !gone.Contains(user.Id));
        }

        if (filter.Role is { } role)
        {
            var holders = UserRoles.Holders(db, role);
            users = users.Where(user => holders.Contains(user.Id));
        }

        return users;
    }

    private static (IReadOnlyList<User> Users, string? Next)? Page(List<User> rows, int count, Func<User, string> cursor) =>
        (rows.Take(count).ToList(), rows.Count > count ? cursor(rows[count - 1]) : null);

    /// <summary><c>string.Compare(text, value) op 0</c>, which databases read as <c>text op value</c>.</summary>
    private static Expression<Func<User, bool>> Compared(Expression<Func<User, string?>> text, ExpressionType op, string value)
    {
        Expression<Func<string>> given = () => value;
        var compared = Expression.Call(typeof(string), nameof(string.Compare), null, text.Body, given.Body);
        return Expression.Lambda<Func<User, bool>>(Expression.MakeBinary(op, compared, Expression.Constant(0)), text.Parameters);
    }

    private static Expression<Func<User, bool>> Or(Expression<Func<User, bool>> one, Expression<Func<User, bool>> other) =>
        Expression.Lambda<Func<User, bool>>(Expression.OrElse(one.Body, new Replaced(other.Parameters[0], one.Parameters[0]).Visit(other.Body)), one.Parameters);

    private sealed class Replaced(ParameterExpression old, ParameterExpression with) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == old ? with : node;
    }

    private sealed record Found(string Text, User User) : IComparable<Found>
    {
        public int CompareTo(Found? other) => OrdinalText.Compare(Text, other!.Text) is not 0 and var order ? order : string.CompareOrdinal(Sorted(User.Id), Sorted(other.User.Id));

        /// <summary>Is this the first of the person's texts that begin so?</summary>
        public bool IsFirstOf(string prefix) => Read.Select(read => read(User))
            .All(text => text is null || !text.StartsWith(prefix, StringComparison.Ordinal) || OrdinalText.Compare(Text, text) <= 0);

        private static string Sorted(Guid id) => id.ToString("N", CultureInfo.InvariantCulture);
    }
}
