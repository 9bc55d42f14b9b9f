using IdentityProvider.Platform.Secrets;

namespace IdentityProvider.Tests.Testing;

/// <summary>A folder of one test, gone after it.</summary>
internal sealed class Workspace : IDisposable
{
    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"idp-{Handle.Create()}")).FullName;

    public string Write(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
