using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>What the pages' form of a group holds.</summary>
internal sealed class GroupForm
{
    public static readonly string[] Fields = ["description", "roles", "more-roles", "groups", "more-groups"];

    public static readonly (string Property, string Field, string Words)[] Labels =
        [("name", "name", "The name"), ("description", "description", "The description"), ("roles", "roles", "The list of roles"), ("groups", "groups", "The list of groups")];

    [FromForm(Name = "description")]
    public string? Description { get; set; }

    [FromForm(Name = "roles")]
    public List<string> Roles { get; set; } = [];

    [FromForm(Name = "more-roles")]
    public string? MoreRoles { get; set; }

    [FromForm(Name = "groups")]
    public List<string> Groups { get; set; } = [];

    [FromForm(Name = "more-groups")]
    public string? MoreGroups { get; set; }

    public static GroupForm Of(GroupState state) => new() { Description = state.Description, Roles = [.. state.Roles], Groups = [.. state.Groups] };

    public GroupInput Read(string name) => new()
    {
        Name = name,
        Description = RefusedForm.Clean(Description) is { Length: > 0 } text ? text : null,
        Roles = [.. Roles.Select(RefusedForm.Clean).Concat(RefusedForm.Words(MoreRoles))],
        Groups = [.. Groups.Select(RefusedForm.Clean).Concat(RefusedForm.Words(MoreGroups))],
    };

    /// <summary>The boxes for roles and for the groups within; a group is offered no place in itself.</summary>
    public async Task<(Choices Roles, Choices Groups)> ChoicesAsync(Store db, string? self, CancellationToken ct)
    {
        var roles = await db.Set<Role>().Select(role => role.Name).OrderBy(name => name).ToListAsync(ct);
        var groups = await db.Set<Group>().Where(group => group.Name != self).Select(group => group.Name).OrderBy(name => name).ToListAsync(ct);
        return (
            Choices.Of("roles", "Roles it carries", [.. roles.Select(name => new Choice(name))], Roles, "Other roles (optional)", MoreRoles),
            Choices.Of("groups", "Groups in it", [.. groups.Select(name => new Choice(name))], Groups, "Other groups in it (optional)", MoreGroups) with { Hint = "Their members are members of this one too." });
    }
}
