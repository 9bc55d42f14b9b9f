using IdentityProvider.Roles;
using Xunit;

namespace IdentityProvider.Tests.Roles;

public sealed class ImplyingPermissions
{
    [Theory]
    [InlineData("notes:delete", "notes:delete", true)]
    [InlineData("notes:delete:all", "notes:delete", true)]
    [InlineData("notes:delete:all", "notes:delete:own", true)]
    [InlineData("notes:delete:all", "notes:delete:all", true)]
    [InlineData("notes:delete:own", "notes:delete:all", false)]
    [InlineData("notes:delete:own", "notes:delete", false)]
    [InlineData("notes:delete", "notes:delete:all", false)]
    [InlineData("notes:all", "notes:delete", false)]
    [InlineData("notes:del:all", "notes:delete:own", false)]
    public void All_implies_own_and_nothing_implies_more(string held, string wanted, bool implied) => Assert.Equal(implied, Permission.Implies(held, wanted));

    [Theory]
    [InlineData("notes", "notes:delete:all notes:delete:own notes:read notesish:read photos:read", "notes:delete:all notes:read")]
    [InlineData("notes:delete", "notes:delete:own notes:read notes:delete.all:all", "notes:delete:own")]
    [InlineData("notes:delete", "notes:delete notes:delete:own", "notes:delete notes:delete:own")]
    [InlineData("notes:delete:own", "notes:delete:all", "notes:delete:own")]
    [InlineData("notes:delete:all", "notes:delete:own notes:delete", "")]
    [InlineData("notes:delete:own notes", "notes:delete:all", "notes:delete:all")]
    [InlineData("", "notes:delete:all", "")]
    public void A_consumer_is_told_what_it_registered_of_what_is_held(string wanted, string held, string told) =>
        Assert.Equal(told, string.Join(' ', Permission.Told(wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries), held.Split(' '))));

    [Theory]
    [InlineData("users:manage", true)]
    [InlineData("notes:delete:all", true)]
    [InlineData("notes:delete:own", false)]
    [InlineData("manage:notes", false)]
    [InlineData("users:read", false)]
    public void Who_manages_or_has_a_hand_on_what_is_not_theirs_is_an_administrator(string permission, bool administers) =>
        Assert.Equal(administers, Permission.IsAdministrative(permission));
}
