using System.Text;
using System.Text.Json;

namespace IdentityProvider.Setup;

/// <summary>Reads a document; whatever is wrong with its form is among the file's problems.</summary>
internal static class SetupReader
{
    public static async Task<SetupFile> ReadAsync(string path, CancellationToken ct)
    {
        var file = new SetupFile(path);
        try
        {
            Read(file, await File.ReadAllBytesAsync(path, ct));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            file.Report(1, $"the file cannot be read from {Environment.CurrentDirectory}: {exception.Message}");
        }

        return file;
    }

    /// <summary>A document from outside.</summary>
    public static SetupFile Read(string name, string text)
    {
        var file = new SetupFile(name, mayPointToSecrets: false);
        Read(file, Encoding.UTF8.GetBytes(text));
        return file;
    }

    private static void Read(SetupFile file, byte[] utf8)
    {
        try
        {
            new SetupBinder(file).Bind(SourceReader.Read(utf8));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            var line = exception is JsonException { LineNumber: { } number } ? (int)number + 1 : 1;
            file.Report(line, $"this is not JSON: {exception.Message.Split(" LineNumber:")[0].Split(" Path:")[0]}");
        }
    }
}
