using System.Text.Json;
using IdentityProvider.Platform.Validation;

namespace IdentityProvider.Setup;

/// <summary>
/// Fetches a secret the document only points to, so that the document can be shown around:
/// <c>{ "env": "NAME" }</c>, or <c>{ "file": "path" }</c> relative to the document. A last line break is not part of it.
/// </summary>
internal static class SecretReference
{
    private const int MaximumBytes = 64 * 1024;

    public static string? Resolve(SetupFile document, SourceNode node, string path)
    {
        if (!document.MayPointToSecrets)
        {
            document.Unreadable(node.Line, path, "points to a secret of this server, which a document from outside must not. Look it up before you send the document.");
            return null;
        }

        if (node.Members is not [{ Name: "env" or "file", Value.Kind: JsonValueKind.String } member])
        {
            document.Unreadable(node.Line, path, $"is not a reference to a secret. Write {{ \"env\": \"NAME\" }} or {{ \"file\": \"path\" }}, or the secret itself.");
            return null;
        }

        var name = member.Value.Text;
        return member.Name == "env" ? FromEnvironment(document, member.Line, path, name) : FromFile(document, member.Line, path, name);
    }

    private static string? FromEnvironment(SetupFile document, int line, string path, string name)
    {
        if (name.Length > 0 && Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            return value;
        document.Unreadable(line, path, $"the environment variable {Constraints.Shown(name)} is not set. Set it for the server's process.");
        return null;
    }

    private static string? FromFile(SetupFile document, int line, string path, string name)
    {
        try
        {
            var file = new FileInfo(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(document.Path))!, name));
            if (file is { Exists: true, Length: > MaximumBytes })
                document.Unreadable(line, path, $"the file {file.FullName} has more than {MaximumBytes} bytes. Point to a file with the secret alone.");
            else if (File.ReadAllText(file.FullName).TrimEnd('\r', '\n') is { Length: > 0 } value)
                return value;
            else
                document.Unreadable(line, path, $"the file {file.FullName} is empty. Write the secret into it.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            document.Unreadable(line, path, $"the file {Constraints.Shown(name)} cannot be read: {exception.Message}");
        }

        return null;
    }
}
