using IdentityProvider.Platform.Metrics;

namespace IdentityProvider.Sessions;

/// <summary>How people prove who they are, by way and outcome: a first proof, or one that was asked for after it.</summary>
internal static class SignInTally
{
    private static readonly MetricAttribute Result = new("result", "`accepted`, `refused`"), Why = new("error.type", "why it was refused, in a word");

    public static readonly Metric SignIns = new(MetricKind.Counter, "identityprovider.sign_ins", "{sign_in}", "Sign-ins: first proofs of who somebody is.",
        new("method", "`pwd`, `passkey`, `mca` (mailed link or code), `fed` (an account elsewhere)"), Result, Why);

    public static readonly Metric SecondFactors = new(MetricKind.Counter, "identityprovider.second_factors", "{proof}", "Second factors, and further proofs for what needs a fresh one.",
        new("method", "`otp` (authenticator app or recovery code), `mca` (mailed code), `passkey`"), Result, Why);

    /// <param name="metric">Which of the two.</param>
    /// <param name="methods">RFC 8176 names, the way first.</param>
    public static Tally Accepted(Metric metric, string methods) => new(metric, Method(methods.Split('+')[0]), new("result", "accepted"));

    public static Tally Refused(Metric metric, string method, string reason) => new(metric, Method(method), new("result", "refused"), new("error.type", reason));

    private static KeyValuePair<string, object?> Method(string method) => new("method", method is "hwk" or "swk" or "user" ? "passkey" : method);
}
