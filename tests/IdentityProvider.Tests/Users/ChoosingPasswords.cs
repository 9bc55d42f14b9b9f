using IdentityProvider.Platform;
using IdentityProvider.Users;
using Microsoft.Extensions.Options;
using Xunit;

namespace IdentityProvider.Tests.Users;

public sealed class ChoosingPasswords
{
    private const string Common = "Choose another password: many people use this one, or one much like it";
    private const string About = "Use more than your name, your e-mail address or the name of this site";

    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("analytical engine 1843")]
    [InlineData("Donaudampfschiff")]
    [InlineData("ключ от квартиры")]
    [InlineData("parola düğün çay")]
    [InlineData("x9!kQ2#vLm7z")]
    [InlineData("ada counts bernoulli")]
    public void Long_and_uncommon_passwords_are_taken(string password) => Assert.Empty(Rules().Problems(password, "ada", "ada@example.test", "Ada Lovelace"));

    [Theory]
    [InlineData("password12345678")]
    [InlineData("Password2024!")]
    [InlineData("P4ssw0rd!!!!")]
    [InlineData("passwordpassword")]
    [InlineData("1234567890123456")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("abcdefghijklmnop")]
    [InlineData("1qaz2wsx3edc4rfv")]
    [InlineData("ADMINISTRATOR")]
    [InlineData("ａｄｍｉｎｉｓｔｒａｔｏｒ")]
    [InlineData("iloveyou!!2025")]
    public void What_attackers_try_first_is_refused(string password) => Assert.Equal([Common], Rules().Problems(password));

    [Theory]
    [InlineData("adalovelace1815")]
    [InlineData("Ada.Lovelace.1815")]
    [InlineData("ada@example.test1")]
    [InlineData("IdentityProvider1")]
    [InlineData("id.shop.test!!2026")]
    public void The_person_and_the_site_are_no_secret(string password) => Assert.Contains(About, Rules().Problems(password, "ada", "ada@example.test", "Ada Lovelace"));

    [Fact]
    public void Every_broken_rule_is_said_at_once()
    {
        Assert.Equal(["Use at least 12 characters", Common, About], Rules().Problems("monkey1", "monkey1"));
        Assert.Equal(["Use at least 12 characters"], Rules().Problems(""));
        Assert.Equal(
            ["Use at least 16 characters", "Add a capital letter", "Add a digit", "Add a character that is no letter and no digit"],
            Rules(new() { MinLength = 16, RequireMixedCharacters = true }).Problems("donaudampfer"));
        Assert.Equal(["Use at most 256 characters"], Rules().Problems(new string('x', 257)));
        Assert.Empty(Rules(new() { RequireMixedCharacters = true }).Problems("Donau-dampf-schiff 7"));
    }

    [Fact]
    public void Characters_are_counted_as_people_count_them()
    {
        // Eleven emoji are 22 UTF-16 units.
        Assert.Contains("Use at least 12 characters", Rules().Problems("🐎🔋📎🐍🌳🚲🎺🧭🪁🏔🫖"));
        Assert.Empty(Rules().Problems("🐎🔋📎🐍🌳🚲🎺🧭🪁🏔🫖🧶"));
    }

    [Fact]
    public void No_input_breaks_the_rules_themselves()
    {
        // Every UTF-16 unit once, lone surrogates and control characters among them, in pieces of every length.
        for (var (start, length) = (0, 0); start + length < 0x10000; start += length, length = length % 256 + 1)
        {
            var any = new string([.. Enumerable.Range(start, length).Select(unit => (char)unit)]);
            Assert.NotNull(Rules().Problems(any, any, any));
        }
    }

    [Fact]
    public async Task A_list_of_ones_own_is_asked_too()
    {
        using var workspace = new Testing.Workspace();
        var file = Path.Combine(workspace.Folder, "list.bin");
        await new PasswordListImport().RunAsync(workspace.Write("list.txt", "Wolkenkuckucksheim\n"), file, default);
        Assert.Empty(Rules().Problems("wolkenkuckucksheim"));
        Assert.Equal([Common], Rules(new() { ListFile = file }).Problems("wolkenkuckucksheim"));
        Assert.Equal([Common], Rules(new() { ListFile = file }).Problems("administrator"));
    }

    private static PasswordRules Rules(PasswordRulesOptions? rules = null)
    {
        var options = Options.Create(new UsersOptions { PasswordRules = rules ?? new() });
        return new PasswordRules(options, Options.Create(new IdentityProviderOptions { Issuer = "https://id.shop.test" }), new CommonPasswords(options));
    }
}
