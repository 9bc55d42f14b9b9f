using Duende.IdentityModel.Client;

namespace Samples.DeviceConsole;

internal static class SignedInPerson
{
    public static async Task<bool> PrintAsync(HttpClient http, DiscoveryDocumentResponse discovery, string token, CancellationToken ct)
    {
        using var request = new UserInfoRequest { Address = discovery.UserInfoEndpoint, Token = token };
        var person = await http.GetUserInfoAsync(request, ct);
        if (person.IsError)
        {
            Console.Error.WriteLine($"No answer from userinfo: {person.Error}");
            return false;
        }

        string? Claim(string type) => person.Claims.FirstOrDefault(claim => claim.Type == type)?.Value;
        Console.WriteLine();
        Console.WriteLine($"Signed in: {Claim("name") ?? Claim("sub")}{(Claim("email") is { } email ? $" <{email}>" : "")}");
        return true;
    }
}
