using System.CommandLine;

namespace IdentityProvider.Tool.Completion;

/// <summary><c>idp completion</c>: a script that asks the tool itself what may follow.</summary>
internal static class CompletionCommand
{
    public static Command Create(Surroundings around)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        return new Command("completion", "Prints a script that completes words in a shell. bash: source <(idp completion bash)") { shell }.Does(around, async run =>
        {
            await around.Output.WriteLineAsync(Scripts[run.Get(shell)]);
            return ExitCode.Done;
        });
    }

    // The name by which the tool was called is left out of what is asked: an alias completes too.
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _idp_complete() {
              local line="${COMP_LINE#"${COMP_WORDS[0]}"}" IFS=$'\n'
              line="${line# }"
              local position=$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))
              COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$(( position > 0 ? position : 0 ))]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
            }
            complete -o default -F _idp_complete idp
            """,
        ["zsh"] = """
            _idp_complete() {
              local line="${BUFFER#* }" position=$(( CURSOR - ${#BUFFER} + ${#${BUFFER#* }} ))
              compadd -- "${(@f)$("${words[1]}" "[suggest:$(( position > 0 ? position : 0 ))]" "$line" 2>/dev/null)}"
            }
            compdef _idp_complete idp
            """,
        ["fish"] = """
            function __idp_complete
              set -l words (commandline -opc) (commandline -ct)
              set -l line (string join ' ' -- $words[2..-1])
              idp "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -f -c idp -a '(__idp_complete)'
            """,
        ["pwsh"] = """
            Register-ArgumentCompleter -Native -CommandName idp -ScriptBlock {
              param($wordToComplete, $commandAst, $cursorPosition)
              $all = $commandAst.ToString()
              $line = if ($all.Contains(' ')) { $all.Substring($all.IndexOf(' ') + 1) } else { '' }
              $position = [Math]::Max(0, $cursorPosition - ($all.Length - $line.Length))
              if ($position -gt $line.Length) { $line = $line.PadRight($position) }
              idp "[suggest:$position]" "$line" 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
              }
            }
            """,
    };
}
