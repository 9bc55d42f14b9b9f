using Microsoft.Extensions.Options;
using MimeKit;

namespace IdentityProvider.Email;

/// <summary>Development without a mail server: each mail is a file, newest last by name.</summary>
internal sealed class MailFolder(IOptions<EmailOptions> options) : IMailTransport
{
    public const int MostShown = 100;
    private readonly string folder = Path.GetFullPath(options.Value.Folder);

    public async Task SendAsync(MimeMessage message)
    {
        Directory.CreateDirectory(folder);
        var file = PathOf(Guid.Parse(message.MessageId!.Split('@')[0]));
        var half = file + ".part";
        await message.WriteToAsync(half);

        // Readers never see half a mail.
        File.Move(half, file, overwrite: true);
    }

    /// <summary>The newest ones, newest first.</summary>
    public IEnumerable<Guid> List() => !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder, "*.eml")
        .Select(file => Guid.TryParseExact(Path.GetFileNameWithoutExtension(file), "N", out var id) ? id : Guid.Empty)
        .Where(id => id != Guid.Empty)
        .OrderByDescending(id => id.ToString("N"), StringComparer.Ordinal)
        .Take(MostShown);

    public async Task<MimeMessage?> FindAsync(Guid id, CancellationToken ct) => File.Exists(PathOf(id)) ? await MimeMessage.LoadAsync(PathOf(id), ct) : null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private string PathOf(Guid id) => Path.Combine(folder, $"{id:N}.eml");
}
