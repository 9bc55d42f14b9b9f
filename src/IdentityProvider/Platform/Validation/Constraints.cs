using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace IdentityProvider.Platform.Validation;

/// <summary>
/// Reads the annotations of one object's properties, so that the same attribute is the rule, the JSON Schema and the reference.
/// Says the remedy in one sentence; never shows the value of a text, which may be a secret pasted into the wrong place.
/// </summary>
internal static class Constraints
{
    public static IEnumerable<Problem> Check(object instance, Func<string, string> outsideName)
    {
        foreach (var property in instance.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetIndexParameters().Length == 0))
        {
            var rules = property.GetCustomAttributes<ValidationAttribute>(inherit: true).ToArray();
            if (rules.Length == 0)
                continue;
            var value = property.GetValue(instance);
            var name = outsideName(property.Name);
            if (rules.OfType<RequiredAttribute>().FirstOrDefault(required => !required.IsValid(value)) is { } missing)
                rules = [missing]; // What is not there has no length either.
            foreach (var problem in rules.SelectMany(rule => Broken(rule, property, value, name, instance)))
                yield return problem;
        }
    }

    private static IEnumerable<Problem> Broken(ValidationAttribute rule, PropertyInfo property, object? value, string name, object instance)
    {
        // Whether a value must be there at all is [Required]'s to say.
        if (rule is AllowedValuesAttribute allowed)
            return value is null ? [] : Listed(allowed, property, value, name);
        if (rule.GetValidationResult(value, new ValidationContext(instance) { MemberName = property.Name, DisplayName = name }) is null)
            return [];
        return [new Problem(name, Sentence(rule, value, name))];
    }

    private static IEnumerable<Problem> Listed(AllowedValuesAttribute rule, PropertyInfo property, object value, string name)
    {
        var allowed = rule.Values.Select(v => Convert.ToString(v, CultureInfo.InvariantCulture)!).ToArray();
        var given = value is IEnumerable<string> list
            ? list.Select((item, i) => (item, $"{name}[{i}]"))
            : [(Convert.ToString(value, CultureInfo.InvariantCulture)!, name)];
        foreach (var (item, place) in given.Where(g => !allowed.Contains(g.Item1, StringComparer.Ordinal)))
        {
            var refused = property.GetCustomAttributes<RefusedAttribute>().FirstOrDefault(r => r.Value == item);
            yield return new Problem(place, refused is not null
                ? $"\"{item}\" is refused: {refused.Reason}"
                : $"\"{Shown(item)}\" is not offered. Use {string.Join(", ", allowed)}.{NearestName.Question(item, allowed)}");
        }
    }

    private static string Sentence(ValidationAttribute rule, object? value, string name) => rule switch
    {
        RequiredAttribute => "is missing. Give it a value.",
        RangeAttribute range => $"is {Convert.ToString(value, CultureInfo.InvariantCulture)}. Give {range.Minimum} to {range.Maximum}.",
        StringLengthAttribute length => $"has {Size(value)}. Give {(length.MinimumLength > 0 ? $"{length.MinimumLength} to {length.MaximumLength}" : $"at most {length.MaximumLength}")}.",
        MaxLengthAttribute length => $"has {Size(value)}. Give at most {length.Length}.",
        MinLengthAttribute length => $"has {Size(value)}. Give at least {length.Length}.",
        _ => rule.FormatErrorMessage(name),
    };

    private static string Size(object? value) => value switch
    {
        string text => $"{text.Length} characters",
        ICollection items => $"{items.Count} entries",
        _ => "a wrong size",
    };

    /// <summary>One line stays one line, whatever was pasted.</summary>
    internal static string Shown(string text) => string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '?' : c));
}
