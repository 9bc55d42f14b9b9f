namespace IdentityProvider.Tests.House;

/// <summary>Who may import whom. Anything that is not written here fails.</summary>
internal static class ImportTable
{
    public const string Ground = "Platform";

    /// <summary>Types of the namespace IdentityProvider itself: the list of rooms and the commands. They may use every room; no room may use them.</summary>
    public const string List = "(list)";

    /// <summary>The package for APIs (src/IdentityProvider.AspNetCore) stands beside the house: no room, and nothing of ours in it.</summary>
    public static readonly string[] PackageMayUse = ["System.", "Microsoft.AspNetCore.", "Microsoft.Extensions.", "Microsoft.Net.Http.Headers"];

    /// <summary>The command line (src/IdentityProvider.Tool) is a client like any other: it knows the house by its API only.</summary>
    public static readonly string[] ToolMayUse = ["System.", "Microsoft.Win32.", "Duende.IdentityModel"];

    /// <summary>They import the ground, and of each other only what <see cref="AmongThings"/> says.</summary>
    public static readonly string[] Things = ["Users", "Roles", "Clients", "UpstreamProviders", "Sessions", "Claims", "SigningKeys", "Email", "OneTimeCodes", "Themes", "Captcha", "Audit", "Suspicions", "Webhooks"];

    public static readonly Dictionary<string, string[]> AmongThings = new()
    {
        ["Roles"] = ["Users"],
        ["Sessions"] = ["Users", "Roles", "Clients", "SigningKeys", "Claims", "Suspicions"],
        ["Email"] = ["Themes"],

        // For its routes and pages; nobody imports it.
        ["Audit"] = ["Users", "Roles", "Sessions"],
        ["Webhooks"] = ["Clients", "Roles", "Sessions"],
        ["Suspicions"] = ["Users", "Roles", "Email", "OneTimeCodes"],
        ["Claims"] = ["Users", "Roles", "Clients"],
    };

    /// <summary>They import things and the ground, never each other.</summary>
    public static readonly string[] Acts = ["Authorize", "Tokens", "ApiKeys", "ClientRegistration", "Account", "Admin", "Setup", "Backup", "Doctor"];

    /// <summary>Acts that also take part in a sign-in: of Authorize they see the contract only.</summary>
    public static readonly string[] Steps = ["SignIn", "EmailSignIn", "Mfa", "Passkeys", "Consents", "Federation", "Registration", "Recovery", "PersonalData", "Device", "Impersonation"];

    /// <summary>The contract of Authorize and the types its members carry. StepDispatcher is in it because the device page asks the same steps.</summary>
    public static readonly string[] AuthorizeContract =
    [
        "IAuthorizeStep", "Pending", "ISignInOption", "SignInOptionLink", "ISecondFactor", "SecondFactors", "SecondFactorPageModel", "OtherWays", "WantedAcr", "AuthorizeContext", "RequestKind", "ReturnTicket", "WaitingRequest", "StepDispatcher", "SessionFacts", "ExpiredTicket",
    ];

    public static IEnumerable<string> Rooms => [.. Steps, .. Acts, .. Things, Ground];

    public static bool Allows(Import import) => import.FromRoom switch
    {
        var same when same == import.ToRoom => true,
        List => true,
        _ when !Rooms.Contains(import.FromRoom) || import.FromRoom == Ground || import.ToRoom == List => false,
        _ when import.ToRoom == Ground => true,
        var thing when Things.Contains(thing) => AmongThings.TryGetValue(thing, out var allowed) && allowed.Contains(import.ToRoom),
        var step when Steps.Contains(step) && import.ToRoom == "Authorize" => AuthorizeContract.Contains(import.To.Split('.')[^1]),
        _ => Things.Contains(import.ToRoom),
    };
}
