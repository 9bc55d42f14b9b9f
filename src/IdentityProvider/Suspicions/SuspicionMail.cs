using System.Text.Json;
using IdentityProvider.Email;
using IdentityProvider.OneTimeCodes;
using IdentityProvider.Platform.Secrets;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Suspicions;

/// <summary>What the link "This was not me" stands for: the person, and the address that the mail went to.</summary>
internal sealed record NotMeData(Guid UserId, string Email)
{
    public static NotMeData Of(FoundCode code) => JsonSerializer.Deserialize<NotMeData>(code.Data!)!;

    public override string ToString() => JsonSerializer.Serialize(this);
}

/// <summary>
/// Mails to the owner of an account about what may be an attack, with a link to say "This was not me". It works in any browser, because the mail is read in one that asked
/// for nothing; all it does is close doors, so that one that got into other hands opens none.
/// </summary>
internal sealed class SuspicionMail(Store db, CodeStore codes, SecurityMail mails, MailOutbox outbox, IOptions<SuspicionsOptions> options)
{
    public const string Purpose = "not-me", Page = "recover/not-me";

    /// <summary>What <c>mail/security-notice.liquid</c> has words for.</summary>
    public const string NewDevice = "new_device", Locked = "locked", Travel = "travel";

    /// <summary>Saved with the caller's changes.</summary>
    public void Add(HttpContext http, User user, string what, params (string Name, string Value)[] values) => AddFrom("security-notice", http, user, [("what", what), .. values]);

    /// <summary>The same from a template of its own.</summary>
    public void AddFrom(string template, HttpContext http, User user, params (string Name, string Value)[] values)
    {
        if (!user.EmailConfirmed || !EmailAddress.IsValid(user.Email) || !outbox.CanSend)
            return;

        // An owner for each: more than two are good at once, and however many mails an attacker causes, the first one's link stays.
        var data = new NotMeData(user.Id, UserNames.Normalize(user.Email!)).ToString();
        var issued = codes.Add(Purpose, OwnerPrefix(user.Id) + Handle.Create()[..16], TimeSpan.FromDays(options.Value.NotMeDays), Handle.Create(), data);
        mails.Add(db, http, new MailRecipient(user.Email, IsProven: true, user.Locale), template, [.. values, ("link", codes.LinkTo(Page, issued.Token))]);
    }

    public static string OwnerPrefix(Guid userId) => userId.ToString("N");
}
