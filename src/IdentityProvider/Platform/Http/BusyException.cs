namespace IdentityProvider.Platform.Http;

/// <summary>A bounded queue is full: the answer is 503 with Retry-After, for whoever does not catch it to say more.</summary>
internal abstract class BusyException(string message) : Exception(message);
