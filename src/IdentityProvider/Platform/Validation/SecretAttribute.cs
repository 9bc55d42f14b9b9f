namespace IdentityProvider.Platform.Validation;

/// <summary>The value is never shown or echoed; a document may give it by reference.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : Attribute;
