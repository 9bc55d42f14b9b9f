using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using IdentityProvider.Email;
using IdentityProvider.Platform.Events;
using IdentityProvider.Platform.Http;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Roles;
using IdentityProvider.Sessions.Admin;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Registration.Admin;

/// <summary>Invitations in the admin API: who follows one makes the account by themselves.</summary>
internal static class InvitationsApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Routes.AdminApi + "/invitations", InviteAsync).ForAdministrators(Permission.ManageUsers).Takes(typeof(InvitationInput)).Answers(null, StatusCodes.Status202Accepted);

    /// <summary>Mails somebody a link to make an account with. 409 where nobody could follow it, because registration or mail is off.</summary>
    private static async Task<IResult> InviteAsync(
        HttpContext http, ClaimsPrincipal token, Registrations registrations, MailOutbox outbox, IOptions<RegistrationOptions> options, EventLog events, CancellationToken ct)
    {
        var input = new InvitationInput();
        if (await JsonBody.FillAsync(http, input, input.Problems, ct) is { } unfit)
            return unfit;
        if (options.Value.Mode == RegistrationMode.Off || !outbox.CanSend)
            return Refusals.Conflict("Nobody could follow an invitation: set IdentityProvider:Registration:Mode to Invitation or Open, and IdentityProvider:Email:Smtp:Host.");
        await registrations.InviteAsync(input.Email, ct);
        events.Raise(new PersonInvited(AdminRoute.ActorOf(token)));
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }
}

/// <summary>Whom to invite.</summary>
internal sealed class InvitationInput
{
    /// <summary>The address the link is mailed to; who follows it has proven it.</summary>
    [Required, MaxLength(EmailAddress.MaxLength)]
    public string Email { get; set; } = "";

    public IEnumerable<Problem> Problems() => Email.Length > 0 && !EmailAddress.IsValid(Email) ? [new("email", "is not a mail address. Write name@example.com.")] : [];
}

internal sealed record PersonInvited(Guid Actor) : IEvent
{
    public string Name => "registration.invited";
    public IEnumerable<KeyValuePair<string, object?>> Facts => [new("actor", Actor)];
}
