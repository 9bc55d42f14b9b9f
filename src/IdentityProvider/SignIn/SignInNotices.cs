using IdentityProvider.Email;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.SignIn;

/// <summary>What the owner of an account learns by mail about sign-ins to it.</summary>
internal sealed class SignInNotices(Store db, SecurityMail mails, IServiceScopeFactory scopes)
{
    /// <summary>Somebody who knows the password came with a browser that was never here. Saved with the session.</summary>
    public void NewBrowser(HttpContext http, User user) => mails.Add(db, http, RecipientOf(user), SecurityMail.NewDevice);

    /// <summary>Written after the answer: the time it takes must not tell that the name has an account.</summary>
    public void Locked(HttpContext http, User user) => http.Response.OnCompleted(async () =>
    {
        await using var scope = scopes.CreateAsyncScope();
        var store = scope.ServiceProvider.GetRequiredService<Store>();
        mails.Add(store, http, RecipientOf(user), SecurityMail.Locked);
        await store.SaveChangesAsync(CancellationToken.None);
    });

    private static MailRecipient RecipientOf(User user) => new(user.Email, user.EmailConfirmed, user.Locale);
}
