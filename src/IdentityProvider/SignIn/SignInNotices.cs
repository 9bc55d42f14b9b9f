using IdentityProvider.Platform.Storage;
using IdentityProvider.Suspicions;
using IdentityProvider.Users;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IdentityProvider.SignIn;

/// <summary>What the owner of an account learns by mail about attempts to get into it.</summary>
internal sealed class SignInNotices(IServiceScopeFactory scopes)
{
    /// <summary>Written after the answer: the time it takes must not tell that the name has an account.</summary>
    public void Locked(HttpContext http, User user) => http.Response.OnCompleted(async () =>
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<SuspicionMail>().Add(http, user, SuspicionMail.Locked);
        await scope.ServiceProvider.GetRequiredService<Store>().SaveChangesAsync(CancellationToken.None);
    });
}
