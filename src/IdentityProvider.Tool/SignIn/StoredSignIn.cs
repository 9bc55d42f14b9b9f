using System.Text.Json;
using System.Text.Json.Serialization;

namespace IdentityProvider.Tool.SignIn;

/// <summary>A person's sign-in at one server.</summary>
internal sealed record StoredSignIn(string Server, string ClientId, string AccessToken, DateTimeOffset ExpiresAt, string? RefreshToken);

/// <summary>
/// Sign-ins by server, a file each, in a folder that only its owner may enter. A file is replaced in one step, so that a run that is cut
/// short or two at once leave a whole one.
/// </summary>
internal sealed class SignInStore(string folder)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip, RespectRequiredConstructorParameters = true };

    private string Current => Path.Combine(folder, "current");

    /// <summary>The server that was signed in to last.</summary>
    public Uri? LastServer() => File.Exists(Current) ? Servers.Read(File.ReadAllText(Current).Trim()) : null;

    public StoredSignIn? Find(Uri server)
    {
        if (!File.Exists(FileOf(server)))
            return null;
        try
        {
            return JsonSerializer.Deserialize<StoredSignIn>(File.ReadAllBytes(FileOf(server)), Names);
        }
        catch (JsonException)
        {
            throw new ToolException($"{FileOf(server)} is damaged. Sign in again: idp login --server {server}", ExitCode.Forbidden);
        }
    }

    public void Keep(Uri server, StoredSignIn signIn)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        Write(FileOf(server), JsonSerializer.SerializeToUtf8Bytes(signIn, Names));
    }

    public void MakeCurrent(Uri server) => Write(Current, System.Text.Encoding.UTF8.GetBytes(Servers.Text(server)));

    public void Forget(Uri server)
    {
        File.Delete(FileOf(server));
        if (File.Exists(Current) && LastServer() == server)
            File.Delete(Current);
    }

    private string FileOf(Uri server) => Path.Combine(folder, Uri.EscapeDataString(Servers.Text(server)) + ".json");

    private static void Write(string path, byte[] content)
    {
        var temporary = $"{path}.{Guid.CreateVersion7():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using (var file = new FileStream(temporary, options))
            file.Write(content);
        File.Move(temporary, path, overwrite: true);
    }
}
