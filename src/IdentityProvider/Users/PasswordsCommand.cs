using System.CommandLine;
using IdentityProvider.Platform.CommandLine;

namespace IdentityProvider.Users;

/// <summary><c>passwords import</c>: a list of passwords nobody may choose, beyond the one that is shipped. Needs no database.</summary>
internal static class PasswordsCommand
{
    public static Command Create()
    {
        var list = new Argument<FileInfo>("file") { Description = "One password a line, or its SHA-1 in hexadecimal with or without :count (the lists of Have I Been Pwned)." };
        var output = new Option<FileInfo>("--output") { Description = "The file to write; name it in IdentityProvider:Users:PasswordRules:ListFile.", Required = true };
        var import = new Command("import", "Makes the file of a list of passwords that people may not choose.") { list, output };
        import.SetAction(async (parsed, ct) =>
        {
            var (from, to) = (parsed.GetRequiredValue(list), parsed.GetRequiredValue(output));
            if (!from.Exists)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"There is no file {from.FullName}.");
                return ExitCode.Failed;
            }

            var count = await new PasswordListImport().RunAsync(from.FullName, to.FullName, ct);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{count} passwords in {to.FullName}");
            return ExitCode.Done;
        });
        var passwords = new Command("passwords", "Lists of passwords that people may not choose.") { import };
        passwords.SetAction(async (parsed, _) =>
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync("Say import. See passwords --help.");
            return ExitCode.Misused;
        });
        return passwords;
    }
}
