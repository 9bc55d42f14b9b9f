namespace IdentityProvider.Backup;

/// <summary>A copy cannot be made, read or put back; the message says why and what to do. Nothing has changed.</summary>
internal sealed class BackupException(string message, Exception? cause = null) : Exception(message, cause);
