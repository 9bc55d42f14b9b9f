namespace IdentityProvider.Tool.SignIn;

/// <summary>Addresses of servers: their issuers.</summary>
internal static class Servers
{
    /// <exception cref="ToolException">It is no address a token may be sent to.</exception>
    public static Uri Read(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server) || server.Scheme is not ("https" or "http") || server.Query.Length + server.Fragment.Length + server.UserInfo.Length > 0)
            throw ToolException.Misused($"\"{text}\" is no address of a server. Write https://login.example.com.");
        if (server.Scheme == "http" && !server.IsLoopback)
            throw ToolException.Misused($"{text} is not encrypted: whoever listens would read the token. Write https://.");
        return new Uri(server.GetLeftPart(UriPartial.Path).TrimEnd('/'));
    }

    /// <summary>As the issuer is written: without a slash at the end.</summary>
    public static string Text(Uri server) => server.ToString().TrimEnd('/');
}
