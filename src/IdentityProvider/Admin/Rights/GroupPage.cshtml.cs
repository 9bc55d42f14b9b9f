using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace IdentityProvider.Admin.Rights;

/// <summary>/admin/groups/{name}: what it carries, who is in it, and its end.</summary>
[SignedInPage, Permission(Permission.ReadRoles)]
internal sealed class GroupPage(ConsoleUsers console, GroupChanges changes, UserLookup users, Store db) : PageModel
{
    public static readonly string[] Fields = ["user", .. GroupForm.Fields, "confirm"];
    private const int Rows = 50;

    [BindProperty]
    public GroupForm Form { get; set; } = new();

    /// <summary>The state that the form was made from.</summary>
    [BindProperty(Name = "version")]
    public string? Version { get; set; }

    /// <summary>Whom to put in: a user name, an address or a subject.</summary>
    [BindProperty(Name = "user")]
    public string? Person { get; set; }

    public GroupState Group { get; private set; } = null!;
    public ConsoleUser Me { get; private set; } = null!;
    public Choices Roles { get; private set; } = null!;
    public Choices Groups { get; private set; } = null!;
    public IReadOnlyList<GroupMemberRow> Members { get; private set; } = [];
    public Guid? Next { get; private set; }
    public int Count { get; private set; }
    public IReadOnlyList<string> Outer { get; private set; } = [];
    public string? Notice { get; private set; }
    public Unsaved? Unsaved { get; private set; }

    public bool MayManage => Me.May(Permission.ManageRoles);

    public async Task<IActionResult> OnGetAsync(string name, string? done, CancellationToken ct)
    {
        Notice = done switch
        {
            "added" => "The group is there. Put its first member in below.",
            "saved" => "Saved. It counts at the next request of its members.",
            "member" => "They are in the group.",
            "removed" => "They are not in the group any longer.",
            _ => null,
        };
        return await ShowAsync(Segment.Decoded(name), keep: false, ct);
    }

    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostChangeAsync(string name, CancellationToken ct)
    {
        name = Segment.Decoded(name);
        var input = Form.Read(name);
        var refused = JsonBody.Check(input, []) ?? (await changes.ChangeAsync(await ActorAsync(ct), name, input, EntityTag.SeenBy(Version), ct)).Refused;
        return refused is null ? After(name, "saved") : await RefuseAsync(name, refused, refused is ErrorResult { Error.Status: 409 } ? "groups" : "roles", ct);
    }

    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostAddAsync(string name, CancellationToken ct)
    {
        name = Segment.Decoded(name);
        var (typed, id) = (Person?.Trim() ?? "", Guid.Empty);
        if (typed.Length > 0 && !Guid.TryParse(typed, out id))
            id = (await users.FindAsync(typed, ct))?.Id ?? Guid.Empty;
        if (id != Guid.Empty && await changes.AddMemberAsync(await ActorAsync(ct), name, id, ct) is var refused && !refused.IsMissing())
            return refused is null ? After(name, "member") : await RefuseAsync(name, refused, "user", ct);
        ModelState.AddModelError("user", typed.Length == 0 ? "Enter a user name, an e-mail address or a subject" : "Nobody here is called so. Enter the whole user name, address or subject");
        return await ShowAsync(name, keep: false, ct);
    }

    /// <summary>One who is out already needs no word.</summary>
    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostTakeOutAsync(string name, [FromForm(Name = "member")] Guid member, CancellationToken ct)
    {
        name = Segment.Decoded(name);
        return await changes.RemoveMemberAsync(await ActorAsync(ct), name, member, ct) is { } refused && !refused.IsMissing()
            ? await RefuseAsync(name, refused, "", ct)
            : After(name, "removed");
    }

    /// <summary>The name is typed, so that it is not the wrong one.</summary>
    [Permission(Permission.ManageRoles)]
    public async Task<IActionResult> OnPostRemoveAsync(string name, [FromForm(Name = "confirm")] string? confirm, CancellationToken ct)
    {
        name = Segment.Decoded(name);
        if (confirm?.Trim() == name)
            return await changes.RemoveAsync(await ActorAsync(ct), name, EntityTag.SeenBy(Version), ct) is { } refused
                ? await RefuseAsync(name, refused, "confirm", ct)
                : new SeeOtherPage("/admin/groups?done=removed");
        ModelState.AddModelError("confirm", $"Enter the name as it is: {name}");
        return await ShowAsync(name, keep: false, ct);
    }

    private async Task<Guid> ActorAsync(CancellationToken ct) => (await console.OfAsync(HttpContext, ct)).Id;

    private static SeeOtherPage After(string name, string done) => new($"{GroupsPage.PathOf(name)}?done={done}");

    private async Task<IActionResult> RefuseAsync(string name, IResult refused, string field, CancellationToken ct)
    {
        ModelState.Tell(refused, field, GroupForm.Labels);
        var typed = field is "roles" or "groups";
        return await ShowAsync(name, keep: typed && !refused.IsStale(), ct, typed: typed && refused.IsStale());
    }

    private async Task<IActionResult> ShowAsync(string name, bool keep, CancellationToken ct, bool typed = false)
    {
        if (await GroupState.FindAsync(db, name, ct) is not { } found)
            return NotFound();
        (Group, Me) = (found.State, await console.OfAsync(HttpContext, ct));
        if (typed && Form.Read(name) is var input)
            Unsaved = Unsaved.Of([.. input.Roles, .. input.Groups, .. Shown(input.Description)], [.. Group.Roles, .. Group.Groups, .. Shown(Group.Description)]);
        if (!keep)
            (Form, Version) = (GroupForm.Of(Group), Group.Tag);
        (Roles, Groups) = await Form.ChoicesAsync(db, name, ct);
        (Members, Next) = await GroupMembers.OfAsync(db, found.Group.Id, Rows, Guid.TryParse(Request.Query["after"], out var after) ? after : null, ct);
        Count = (await GroupMembers.CountAsync(db, [found.Group.Id], ct)).Values.Single();
        Outer = await db.Set<GroupPath>().Where(path => path.InnerId == found.Group.Id && path.Distance == 1).Join(db.Set<Group>(), path => path.OuterId, group => group.Id, (_, group) => group.Name).OrderBy(outer => outer).ToListAsync(ct);
        return Page();
    }

    private static string[] Shown(string? description) => description is null ? [] : [description];
}
