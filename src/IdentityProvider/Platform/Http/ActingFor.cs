using Microsoft.AspNetCore.Http;

namespace IdentityProvider.Platform.Http;

/// <summary>An administrator acts for somebody in this request; every page that knows of a session says so above all else.</summary>
/// <param name="Name">For whom.</param>
/// <param name="Reason">Why, in the administrator's words.</param>
/// <param name="Until">When it is over.</param>
internal sealed record ActingFor(string Name, string Reason, DateTimeOffset Until)
{
    public static ActingFor? Of(HttpContext http) => http.Items[typeof(ActingFor)] as ActingFor;
}

/// <summary>A page that is open to whoever acts for somebody although it is not one of the account: what is sent to any other is refused.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OpenWhileActingAttribute : Attribute;
