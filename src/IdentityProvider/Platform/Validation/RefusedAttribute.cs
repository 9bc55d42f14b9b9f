namespace IdentityProvider.Platform.Validation;

/// <summary>A value people try although it is not offered, and the reason they are owed.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
internal sealed class RefusedAttribute(string value, string reason) : Attribute
{
    public string Value { get; } = value;

    public string Reason { get; } = reason;
}
