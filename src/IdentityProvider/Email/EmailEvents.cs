using IdentityProvider.Platform.Events;

namespace IdentityProvider.Email;

internal sealed record MailSent(Guid MailId, string Template) : IEvent
{
    public string Name => "email.sent";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("mail", MailId), new("template", Template)];

    /// <summary>What the mail is about is.</summary>
    public bool IsAudited => false;
}

/// <summary>The server cannot be reached or said "later": it is tried again.</summary>
internal sealed record MailDelayed(Guid MailId, string Template, string Failure) : IEvent
{
    public string Name => "email.delayed";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("mail", MailId), new("template", Template), new("reason", Failure)];

    /// <summary>It is on its way still.</summary>
    public bool IsAudited => false;
}

/// <summary>It is not tried again: refused for good, or of no use any more.</summary>
internal sealed record MailGivenUp(Guid MailId, string Template, string Reason) : IEvent
{
    public string Name => "email.given_up";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("mail", MailId), new("template", Template), new("reason", Reason)];
    public EventResult Result => EventResult.Failed;
}
