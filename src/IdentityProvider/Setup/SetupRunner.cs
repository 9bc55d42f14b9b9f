using IdentityProvider.Platform;
using IdentityProvider.Platform.Storage;
using IdentityProvider.Platform.Validation;
using IdentityProvider.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace IdentityProvider.Setup;

/// <summary>
/// Reads, checks and applies setup documents. Nothing is written before all of them are right; then each is one transaction.
/// </summary>
internal sealed class SetupRunner(IServiceScopeFactory scopes, IOptions<SetupOptions> options, ILogger<SetupRunner> logger)
{
    private const int Attempts = 5;

    /// <summary>Applies the files of <see cref="SetupOptions.Files"/>: after the migration, before the server listens.</summary>
    /// <exception cref="SetupException">The documents cannot be applied.</exception>
    public Task ApplyAllAsync(CancellationToken ct) => ApplyAsync([.. options.Value.Files], ct);

    /// <summary>What each document changed, in the order given.</summary>
    /// <exception cref="SetupException">The documents cannot be applied.</exception>
    public async Task<IReadOnlyList<(string File, IReadOnlyList<SetupCounts> Counts)>> ApplyAsync(IReadOnlyList<string> paths, CancellationToken ct)
    {
        var files = await ReadAsync(paths, ct);
        await InScopeAsync(async services =>
        {
            await CheckAsync(services, files, ct);
            return files.SelectMany(file => file.Problems).ToList() is { Count: > 0 } problems ? throw new SetupException(problems) : true;
        });
        await InScopeAsync(async services =>
        {
            await RoleRows.SeedAsync(services.GetRequiredService<Store>(), ct);
            return true;
        });
        var results = new List<(string, IReadOnlyList<SetupCounts>)>();
        foreach (var file in files)
        {
            var counts = await InScopeAsync(services => services.GetRequiredService<SetupApplier>().ApplyAsync(file.Document, ct));
            results.Add((file.Path, counts));
            var level = counts.Any(count => count.Changed) ? LogLevel.Information : LogLevel.Debug;
            logger.Log(level, "Setup document {File} applied: {Counts}", file.Path, string.Join("; ", counts));
        }

        return results;
    }

    /// <summary>Every problem that shows without a database. Passwords are held against the rules of a server without settings.</summary>
    public static async Task<IReadOnlyList<SetupProblem>> ValidateAsync(IReadOnlyList<string> paths, CancellationToken ct)
    {
        var files = await ReadAsync(paths, ct);
        var settings = Options.Create(new UsersOptions());
        using var common = new CommonPasswords(settings);
        new SetupChecks(files, SetupKnown.Nothing, new PasswordRules(settings, Options.Create(new IdentityProviderOptions()), common)).Run();
        return [.. files.SelectMany(file => file.Problems)];
    }

    /// <summary>Every problem of documents from outside, held against each other and against what is here. Writes nothing.</summary>
    public Task<IReadOnlyList<SetupProblem>> CheckAsync(IReadOnlyList<(string Name, string Text)> documents, CancellationToken ct) => InScopeAsync(async services =>
    {
        SetupFile[] files = [.. documents.Select(document => SetupReader.Read(document.Name, document.Text))];
        await CheckAsync(services, files, ct);
        return (IReadOnlyList<SetupProblem>)[.. files.SelectMany(file => file.Problems)];
    });

    private static async Task<SetupFile[]> ReadAsync(IReadOnlyList<string> paths, CancellationToken ct)
    {
        var files = new SetupFile[paths.Count];
        for (var i = 0; i < paths.Count; i++)
            files[i] = await SetupReader.ReadAsync(paths[i], ct);
        return files;
    }

    private static async Task CheckAsync(IServiceProvider services, SetupFile[] files, CancellationToken ct)
    {
        new SetupChecks(files, await SetupKnown.LoadAsync(services.GetRequiredService<Store>(), files, ct), services.GetRequiredService<PasswordRules>()).Run();
        if (!services.GetServices<IAuthenticatorImport>().Any())
            foreach (var file in files)
                foreach (var user in file.Document.Users.Where(user => user.TotpSecret is not null))
                    file.Report(user, new Problem("totp_secret", "is given, but this server has no authenticator apps. Remove it."));
    }

    /// <summary>
    /// Two nodes that start at once write the same rows; the unique indexes let one through, and the other looks again
    /// with fresh eyes. Nothing of a failed attempt stays.
    /// </summary>
    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            await using var scope = scopes.CreateAsyncScope();
            try
            {
                return await work(scope.ServiceProvider);
            }
            catch (DbUpdateException exception) when (attempt < Attempts)
            {
                logger.LogInformation(exception, "Another node writes the same rows; attempt {Attempt} is repeated", attempt);
            }
        }
    }
}
