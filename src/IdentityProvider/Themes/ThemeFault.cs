namespace IdentityProvider.Themes;

/// <summary>Why a theme cannot be used, in words for the operator who reads the log.</summary>
internal sealed class ThemeFault(string message, Exception? inner = null) : Exception(message, inner);
