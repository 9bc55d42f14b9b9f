namespace IdentityProvider.Themes;

/// <summary>A mail in words: one line of subject, and the same as text and as HTML.</summary>
internal sealed record MailText(string Subject, string Text, string Html);

/// <summary>Who sends a mail: the name people know, and the address every link starts with.</summary>
internal sealed record MailFrame(string ProductName, Uri Issuer);
