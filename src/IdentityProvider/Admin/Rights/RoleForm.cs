using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace IdentityProvider.Admin.Rights;

/// <summary>The permissions of a role as the page sends them: the ticked ones, and a line with others.</summary>
internal sealed class RoleForm
{
    public static readonly string[] Fields = ["permissions", "more-permissions"];

    [FromForm(Name = "permissions")]
    public List<string> Permissions { get; set; } = [];

    [FromForm(Name = "more-permissions")]
    public string? More { get; set; }

    public List<string> Wanted() => [.. Permissions.Select(RefusedForm.Clean).Concat(RefusedForm.Words(More)).Where(text => text.Length > 0).Distinct(StringComparer.Ordinal)];

    public Choices Choices(IReadOnlyList<string> known, Func<string, bool> may) => new("permissions", "What it permits", Choice.OfPermissions(known.Union(Permissions.Where(Roles.Permission.IsWellFormed)), may), Permissions)
    {
        Hint = "You can give what you hold yourself.",
        OthersLabel = "Other permissions (optional)",
        OthersHint = "For your own APIs, like notes:write:all, with spaces between them.",
        Others = More,
    };

    /// <summary>What is wrong with a permission is said where it was written.</summary>
    public static void Tell(ModelStateDictionary state, IResult refused, RoleForm form, string field) =>
        state.Tell(refused, field, ("name", "name", "The name"), ("permissions", string.IsNullOrWhiteSpace(form.More) ? "permissions" : "more-permissions", "The list"));
}
