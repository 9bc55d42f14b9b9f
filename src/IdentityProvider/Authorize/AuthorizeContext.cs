using System.Globalization;
using IdentityProvider.Claims;
using IdentityProvider.Clients;
using IdentityProvider.Sessions;
using OpenIddict.Abstractions;

namespace IdentityProvider.Authorize;

/// <summary>What a request waits for: the code of an authorization request, the approval of a device, or one of our own pages.</summary>
internal enum RequestKind
{
    Authorization,
    Device,
    OwnPage,
}

/// <summary>
/// A validated request, who is in the browser, and when it started. Steps compare times: prompt=login is met by a sign-in
/// after <see cref="StartedAt"/>. There are no flags to strip, forge or forget.
/// </summary>
internal sealed class AuthorizeContext
{
    public required RequestKind Kind { get; init; }
    public required OpenIddictRequest Request { get; init; }
    public required Client Client { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public required DateTimeOffset Now { get; init; }

    /// <summary>The scopes that will be granted.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    public required RequestedClaims Claims { get; init; }

    /// <summary>Who is in the browser, even if a second factor is still due: what the steps of a sign-in look at.</summary>
    public required Session? Begun { get; init; }

    /// <summary>Who is signed in. Set once the steps of the sign-in are content.</summary>
    public Session? Session => Begun is { CompletedAt: not null } ? Begun : null;

    /// <summary>The subject of the id_token_hint: the only person the client expects.</summary>
    public string? HintedSubject { get; init; }

    /// <summary>Set when the request was stored because a page was needed.</summary>
    public string? Ticket { get; set; }

    /// <summary>It came by PAR (RFC 9126).</summary>
    public bool Pushed { get; init; }

    /// <summary>The error the person's "no" turned into.</summary>
    public string? Refusal { get; init; }

    public string ClientName => Client.DisplayName ?? Client.ClientId!;
    public bool MayPrompt => !Prompts("none");
    public string? LoginHint => Request.LoginHint;

    /// <summary>Authentication contexts asked for, best first.</summary>
    public IEnumerable<string> AcrValues => Request.GetAcrValues();

    public TimeSpan? MaxAge => ReadMaxAge(Request);

    public bool Prompts(string value) => Request.HasPromptValue(value);

    /// <summary>Null when it is missing, or not a number of seconds.</summary>
    public static TimeSpan? ReadMaxAge(OpenIddictRequest request) =>
        (string?)request["max_age"] is { Length: > 0 } text && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
}
