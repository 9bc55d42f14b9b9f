using Mono.Cecil;
using Xunit;

namespace IdentityProvider.Tests.House;

public sealed class Arrows
{
    [Fact]
    public void A_room_imports_only_what_the_table_allows()
    {
        var forbidden = RoomGraph.House.Where(import => !ImportTable.Allows(import)).ToList();
        Assert.True(forbidden.Count == 0, $"{forbidden.Count} imports are not in the table of House/ImportTable.cs:\n{string.Join('\n', forbidden)}");
    }

    [Fact]
    public void Every_room_has_a_row_in_the_table() => Assert.Empty(RoomGraph.Rooms(RoomGraph.House).Except(ImportTable.Rooms));

    [Fact]
    public void No_room_reaches_itself_through_others() => Assert.Empty(RoomGraph.Circles(RoomGraph.House));

    [Fact]
    public void Migrations_know_the_store_and_no_room()
    {
        var assemblies = Directory.GetFiles(AppContext.BaseDirectory, "IdentityProvider.Migrations.*.dll");
        Assert.Equal(3, assemblies.Length);
        Assert.All(assemblies.SelectMany(RoomGraph.Read), import => Assert.True(
            import.To.StartsWith("IdentityProvider.Migrations.", StringComparison.Ordinal) || import.To.StartsWith("IdentityProvider.Platform.Storage.", StringComparison.Ordinal),
            $"{import}: migrations use Platform/Storage only"));
    }

    [Fact]
    public void The_package_for_apis_leans_on_the_framework_alone_and_the_house_does_not_lean_on_it()
    {
        using var package = ModuleDefinition.ReadModule(Checkout.Package);
        Assert.All(package.AssemblyReferences, reference => Assert.True(
            ImportTable.PackageMayUse.Any(prefix => reference.Name.StartsWith(prefix, StringComparison.Ordinal)), $"{reference.Name}: {package.Assembly.Name.Name} uses ASP.NET Core only"));
        using var house = ModuleDefinition.ReadModule(Checkout.House);
        Assert.DoesNotContain(house.AssemblyReferences, reference => reference.Name == package.Assembly.Name.Name);
    }

    [Fact]
    public void The_command_line_knows_the_house_by_its_api_only()
    {
        using var tool = ModuleDefinition.ReadModule(Checkout.Tool);
        Assert.All(tool.AssemblyReferences, reference => Assert.True(ImportTable.ToolMayUse.Any(prefix => reference.Name.StartsWith(prefix, StringComparison.Ordinal)), reference.Name));
        using var house = ModuleDefinition.ReadModule(Checkout.House);
        Assert.DoesNotContain(house.AssemblyReferences, reference => reference.Name == tool.Assembly.Name.Name);
    }

    [Theory]
    [InlineData("SignIn", "Mfa.Totp")]
    [InlineData("SignIn", "Authorize.StoredRequest")]
    [InlineData("Authorize", "SignIn.SignInStep")]
    [InlineData("Tokens", "Authorize.ReturnTicket")]
    [InlineData("Users", "Clients.Client")]
    [InlineData("Clients", "Users.User")]
    [InlineData("Platform", "Users.User")]
    [InlineData("Users", "SignIn.LoginPage")]
    [InlineData("Greenhouse", "Users.User")]
    [InlineData("Users", "Greenhouse.Plant")]
    public void A_planted_import_is_found(string from, string to) => Assert.False(ImportTable.Allows(Between(from, to)));

    [Theory]
    [InlineData("SignIn", "Authorize.IAuthorizeStep")]
    [InlineData("Consents", "Users.User")]
    [InlineData("Sessions", "Clients.Grant")]
    [InlineData("Themes", "Platform.Http.Routes")]
    [InlineData(ImportTable.List, "SignIn.SignInModule")]
    public void An_import_of_the_table_passes(string from, string to) => Assert.True(ImportTable.Allows(Between(from, to)));

    [Fact]
    public void A_planted_circle_is_found() =>
        Assert.Equal(["A", "B", "C"], RoomGraph.Circles([Between("A", "B.b"), Between("B", "C.c"), Between("C", "A.a"), Between("D", "A.a"), Between("D", "D.d")]).Order());

    [Fact]
    public void The_walk_sees_code_that_the_compiler_hid()
    {
        var tests = RoomGraph.Read(typeof(PlantedImports).Assembly.Location);
        Assert.Equal(
            ["IdentityProvider.Clients.Api", "IdentityProvider.Clients.Client", "IdentityProvider.Clients.ClientSecret", "IdentityProvider.Clients.Grant", "IdentityProvider.Clients.Scope", "IdentityProvider.Clients.Token"],
            tests.Where(i => i.From == typeof(PlantedImports).FullName && i.ToRoom == "Clients").Select(i => i.To).Order(StringComparer.Ordinal));
    }

    private static Import Between(string from, string to) => new(from, $"IdentityProvider.{from}.X", to.Split('.')[0], $"IdentityProvider.{to}");
}
