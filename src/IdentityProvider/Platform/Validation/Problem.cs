namespace IdentityProvider.Platform.Validation;

/// <summary>One thing wrong with a value: the property by its outside name (<c>redirect_uris[1]</c>), and a sentence that says what to change.</summary>
internal sealed record Problem(string Property, string Text);
