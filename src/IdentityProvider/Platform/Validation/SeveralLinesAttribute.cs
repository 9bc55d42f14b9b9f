namespace IdentityProvider.Platform.Validation;

/// <summary>The value is a text of several lines: line ends and tabs are no harm in it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SeveralLinesAttribute : Attribute;
