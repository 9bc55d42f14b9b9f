using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Captcha;

/// <summary>A question of a captcha with the partial view that asks it.</summary>
internal sealed record CaptchaQuestion(string View, object Challenge);

/// <summary>
/// Asks a browser for a proof and checks it. The built-in one is proof of work, served by this server alone; a host registers
/// another before <c>AddIdentityProvider</c>. Reason for the interface: operators bring their own.
/// </summary>
public interface ICaptcha
{
    /// <summary>Path of the partial view inside the form. Its model is what <see cref="CreateChallenge"/> gives.</summary>
    string View { get; }

    /// <summary>A new question for one showing of the form.</summary>
    object CreateChallenge();

    /// <summary>Whether the posted form answers a question of ours that was not answered before. False for a missing answer.</summary>
    /// <param name="form">All fields of the form, not validated.</param>
    /// <param name="cancellationToken">Cancels.</param>
    ValueTask<bool> VerifyAsync(IFormCollection form, CancellationToken cancellationToken);
}
