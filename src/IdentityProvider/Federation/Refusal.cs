namespace IdentityProvider.Federation;

/// <summary>Why nobody came in: the reason for the log, and the words for the person. Nothing the provider wrote is in either.</summary>
internal sealed record Refusal(string Reason, string Words)
{
    public static Refusal Denied(string provider) => new("denied", $"You stopped the sign-in at {provider}. Try again, or sign in another way.");

    public static Refusal Failed(string provider) => new("failed", $"{provider} did not confirm who you are. Try again, or sign in another way.");

    public static Refusal Unreachable(string provider) => new("unreachable", $"{provider} cannot be reached right now. Try again later, or sign in another way.");

    public static Refusal Late(string provider) => new("late", $"The sign-in at {provider} took too long, or was used before. Try again.");

    public static Refusal Stale(string provider) => new("stale", $"{provider} did not ask you to prove again who you are. Sign out there and try again, or sign in another way.");

    public static Refusal ConnectFirst(string provider) => new("connect_first", $"There is an account here with that address. Sign in to it at /account/connections and connect {provider} there, then try again.");

    public static Refusal Off(string provider) => new("off", $"Signing in with {provider} is switched off. Sign in another way.");

    public static Refusal Outside(string provider) => new("outside", $"This account at {provider} may not sign in here. Choose another one there, or sign in another way.");

    public static Refusal NoAccount(string provider) => new("no_account", $"No account here belongs to your account at {provider}. Sign in another way, or ask for an account first.");

    public static Refusal Another(string provider) => new("another", $"That account at {provider} opens another account here. Disconnect it there first, or choose another one.");

    public static Refusal TooMany(string provider) => new("too_many", $"You have connected as many accounts as you can. Disconnect one before you connect {provider}.");

    /// <summary>What a reason means to who connects an account.</summary>
    public static Refusal? Of(string? reason, string provider) =>
        new[] { Denied(provider), Failed(provider), Unreachable(provider), Late(provider), Off(provider), Outside(provider), Another(provider), TooMany(provider) }.FirstOrDefault(r => r.Reason == reason);

    public static Refusal Disabled { get; } = new("disabled", "This account cannot sign in. Ask the people who run this service.");
}
