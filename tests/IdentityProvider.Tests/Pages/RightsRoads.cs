using IdentityProvider.Roles;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Tests.Pages;

/// <summary>The ways to the pages of roles and groups.</summary>
internal static class RightsRoads
{
    private const string Delegate = "delegate";

    /// <summary>As the administrator, or as somebody who holds these alone.</summary>
    public static async Task RightsAsync(Stage stage, Tab tab, string path, params string[] only)
    {
        await SeedAsync(stage, only);
        await AdminRoads.AdminAsync(stage, tab, path, only.Length > 0 ? Delegate : "admin");
    }

    public static async Task NoGroupsAsync(Stage stage, Tab tab, string path)
    {
        await ClearAsync(stage);
        await AdminRoads.AdminAsync(stage, tab, path);
    }

    public static async Task WrongRoleAsync(Stage stage, Tab tab)
    {
        await RightsAsync(stage, tab, "/admin/roles/~new");
        await tab.FillAndSubmitAsync("Add the role", ("name", "Everything / all"), ("more-permissions", "notes"));
    }

    /// <summary>Gives what they do not hold.</summary>
    public static async Task AboveAsync(Stage stage, Tab tab)
    {
        await RightsAsync(stage, tab, "/admin/roles/editor", "roles:read", "roles:manage");
        await tab.Page.Locator("[id='permissions-users:manage']").CheckAsync();
        await tab.PressAsync("Save");
    }

    public static async Task WrongGroupAsync(Stage stage, Tab tab)
    {
        await RightsAsync(stage, tab, "/admin/groups/~new");
        await tab.FillAndSubmitAsync("Add the group", ("name", "desk"));
    }

    public static async Task WrongGroupNameAsync(Stage stage, Tab tab)
    {
        await RightsAsync(stage, tab, "/admin/groups/staff");
        await tab.FillAndSubmitAsync("Remove the group", ("confirm", "stuff"));
    }

    private static Task ClearAsync(Stage stage) => stage.Host.InStoreAsync(async db =>
    {
        await db.Set<GroupPath>().ExecuteDeleteAsync();
        await db.Set<Group>().ExecuteDeleteAsync();
        await db.Set<Role>().Where(role => role.Name != "user" && role.Name != "moderator" && role.Name != "admin").ExecuteDeleteAsync();
        return 0;
    });

    /// <summary>Roles and groups, nested, with members, and with names that attack the page.</summary>
    private static async Task SeedAsync(Stage stage, string[] only)
    {
        await ClearAsync(stage);
        await stage.Host.InStoreAsync(async db =>
        {
            var editor = new Role { Id = Guid.CreateVersion7(), Name = "editor", Permissions = ["notes:read:all", "notes:write:all", "notes:delete:own", "users:read"] };
            db.AddRange(editor, new Role { Name = Delegate, Permissions = [.. only] }, new Role { Name = StageDocument.Script, Permissions = ["notes:read:own"] }, new Role { Name = StageDocument.Long, Permissions = [] });
            var (staff, desk, strange) = (Group("staff", "Who works here"), Group("desk", "First line <b>of help</b>"), Group(StageDocument.Image, StageDocument.Long));
            db.AddRange(staff, desk, strange);
            db.AddRange(new[] { staff, desk, strange }.Select(group => new GroupPath { InnerId = group.Id, OuterId = group.Id }));
            db.Add(new GroupPath { InnerId = desk.Id, OuterId = staff.Id, Distance = 1 });
            db.AddRange(new GroupRole { GroupId = staff.Id, RoleId = editor.Id }, new GroupRole { GroupId = desk.Id, RoleId = await db.Set<Role>().Where(role => role.Name == "moderator").Select(role => role.Id).SingleAsync() });
            foreach (var id in await db.Set<User>().Where(user => user.UserName == "ada" || user.UserName == "script" || user.UserName == "long").Select(user => user.Id).ToListAsync())
                db.Add(new GroupMember { UserId = id, GroupId = staff.Id });
            return await db.SaveChangesAsync();
        });
    }

    private static Group Group(string name, string description) => new() { Id = Guid.CreateVersion7(), Name = name, Description = description };
}
