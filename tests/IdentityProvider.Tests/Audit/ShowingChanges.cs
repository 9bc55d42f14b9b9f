using IdentityProvider.Audit.Admin;
using IdentityProvider.Platform.Http;
using Xunit;

namespace IdentityProvider.Tests.Audit;

/// <summary>What a record keeps as JSON, field by field.</summary>
public sealed class ShowingChanges
{
    [Theory]
    [InlineData("""{"a":"x","b":1}""", """{"a":"y","b":1}""", "a:x>y:Changed b:1>1:As before")]
    [InlineData("""{"a":"x"}""", """{"b":true}""", "a:x>:Removed b:>true:New")]
    [InlineData("""["x","y"]""", """["y","z"]""", ":x,y>y,z:Changed")]
    [InlineData("""{"a":{"b":[1,{"c":2}],"d":null}}""", """{"a":{"b":[1],"d":null}}""", """a.b:1,{"c":2}>1:Changed a.d:null>null:As before""")]
    [InlineData(null, """{"a":"x"}""", "a:>x:New")]
    [InlineData("""{"a":[]}""", null, "a:>:Removed")]
    [InlineData("{}", "{}", ":{}>{}:As before")]
    [InlineData(null, null, "")]
    public void Each_field_says_what_became_of_it(string? before, string? after, string expected) =>
        Assert.Equal(expected, string.Join(' ', FieldChange.Between(before, after).Select(change => $"{change.Name}:{string.Join(',', change.Before)}>{string.Join(',', change.After)}:{change.Words}")));

    [Theory]
    [InlineData("Ada Lovelace", "Ada Lovelace")]
    [InlineData("مريم", "مريم")]
    [InlineData("two\r\nlines", "two⟨U+000D⟩⟨U+000A⟩lines")]
    [InlineData("evil\u202Egpj", "evil⟨U+202E⟩gpj")]
    [InlineData("a\u2028b\u200Dc\u0000", "a⟨U+2028⟩b⟨U+200D⟩c⟨U+0000⟩")]
    [InlineData("\U000E0041x", "⟨U+E0041⟩x")]
    [InlineData(null, "")]
    public void What_is_not_seen_is_written_as_its_number(string? text, string shown) => Assert.Equal(shown, VisibleText.Of(text));
}
