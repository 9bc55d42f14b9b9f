using IdentityProvider.Platform.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;

namespace IdentityProvider.PersonalData;

/// <summary>/account-closed: what happens now. Says nothing of anybody.</summary>
internal sealed class AccountClosedPage(IOptions<PersonalDataOptions> options) : PageModel
{
    public string? Grace => options.Value.DeletionGrace > TimeSpan.Zero ? Duration.InWords(options.Value.DeletionGrace) : null;
}
