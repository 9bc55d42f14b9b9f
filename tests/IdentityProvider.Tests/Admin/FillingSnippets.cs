using System.Text.Json;
using IdentityProvider.Admin.Clients;
using IdentityProvider.Tests.Testing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace IdentityProvider.Tests.Admin;

/// <summary>Snippets as they stand on the page: those of .NET compile, and whatever a client is called stays a text.</summary>
public sealed class FillingSnippets
{
    private const string Issuer = "http://localhost:5080";

    /// <summary>What the Web SDK puts above every file, and what MAUI has that we have not.</summary>
    private const string Around = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder; global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing; global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection;
        internal sealed class App : Microsoft.AspNetCore.Components.ComponentBase;
        namespace Microsoft.Maui.Authentication
        {
            public sealed class WebAuthenticatorResult { public Dictionary<string, string> Properties { get; } = []; }
            public interface IWebAuthenticator { Task<WebAuthenticatorResult> AuthenticateAsync(Uri url, Uri callbackUrl); }
            public static class WebAuthenticator { public static IWebAuthenticator Default => null!; }
        }
        """;

    private static readonly string[] Hostile = ["\"; Environment.Exit(1); //", "'; rm -rf ~ #", "*/ x /*", "$(id)`id`${x}{{issuer}}", "\\", "\\\"", "\\u0022+x+\\u0022", "</script><b>", "?>", "a\u2028b\u202e\U0001F600\r\n\0"];
    private static readonly string[] Methods = ["none", "client_secret_basic", "client_secret_post", "private_key_jwt"];
    private static readonly MetadataReference[] Assemblies = [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path))];

    public static TheoryData<string, string> OfDotnet
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var snippet in Snippet.All.Where(snippet => snippet.Language == SnippetLanguage.CSharp))
                foreach (var method in Methods[..3])
                    data.Add(snippet.Name, method);
            return data;
        }
    }

    public static TheoryData<string> Names => [.. Snippet.All.Select(snippet => snippet.Name)];

    [Fact]
    public void Every_kind_of_application_has_code_to_start_with()
    {
        Assert.True(Snippet.All.Count >= 14);
        Assert.All(ClientKind.All, kind => Assert.Contains(Snippet.All, snippet => snippet.IsFor(kind)));
        Assert.All(Snippet.All.SelectMany(snippet => snippet.Kinds), kind => Assert.NotNull(ClientKind.Find(kind)));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_snippet_is_whole_for_every_client_and_holds_no_secret(string name)
    {
        var snippet = Snippet.All.Single(one => one.Name == name);
        foreach (var kind in ClientKind.All)
            foreach (var method in Methods)
                foreach (var redirect in new[] { "https://shop.test/cb", "http://127.0.0.1/cb", "com.example.app:/cb", null })
                {
                    var code = snippet.Fill(Values(kind, method, "shop", redirect));
                    Assert.DoesNotContain("{{", code, StringComparison.Ordinal);
                    if (snippet.IsPossible(Values(kind, method, "shop", redirect)))
                        Assert.Contains(code.Split('\n'), line => line.TrimStart() is [not ('#' or '/'), ..]);
                    Assert.DoesNotContain(TestDocument.Secret, code, StringComparison.Ordinal);
                    if (method is "none" or "private_key_jwt")
                        Assert.DoesNotContain("ClientSecret = ", code, StringComparison.Ordinal);
                }
    }

    [Theory, MemberData(nameof(OfDotnet))]
    public void Those_of_dotnet_compile_and_a_hostile_value_is_one_text(string name, string method)
    {
        var snippet = Snippet.All.Single(one => one.Name == name);
        var calm = CSharpSyntaxTree.ParseText(snippet.Fill(Values(ClientKind.Web, method, "shop", "http://127.0.0.1/cb")));
        var compilation = CSharpCompilation.Create(
            name, [calm, CSharpSyntaxTree.ParseText(Around)], Assemblies, new CSharpCompilationOptions(name == "maui" ? OutputKind.DynamicallyLinkedLibrary : OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        var errors = compilation.GetDiagnostics().Where(problem => problem.Severity == DiagnosticSeverity.Error).ToList();
        Assert.Empty(errors);

        // With another text in the same places it is the same program.
        var kinds = calm.GetRoot().DescendantNodes().Select(node => node.Kind()).ToList();
        foreach (var hostile in Hostile)
        {
            var tree = CSharpSyntaxTree.ParseText(snippet.Fill(Values(ClientKind.Web, method, hostile, "http://127.0.0.1/cb") with { Api = hostile }));
            Assert.Empty(tree.GetDiagnostics());
            Assert.Equal(kinds, tree.GetRoot().DescendantNodes().Select(node => node.Kind()));
            Assert.Contains(tree.GetRoot().DescendantNodes().OfType<LiteralExpressionSyntax>(), literal => literal.Token.ValueText == hostile);
        }
    }

    [Fact]
    public async Task A_hostile_value_is_one_text_in_every_language()
    {
        foreach (var hostile in Hostile)
        {
            foreach (var language in new[] { SnippetLanguage.JavaScript, SnippetLanguage.Python, SnippetLanguage.Go, SnippetLanguage.Java })
            {
                var literal = language.Literal(hostile);
                Assert.All(literal, c => Assert.InRange(c, ' ', '~'));
                if (!hostile.Contains('\0', StringComparison.Ordinal))
                    Assert.Equal(hostile, JsonDocument.Parse(literal).RootElement.GetString());
            }

            if (hostile.Contains('\0', StringComparison.Ordinal))
                continue;
            var (code, output, _) = await Shell.RunAsync($"printf %s {SnippetLanguage.Shell.Literal(hostile)}");
            Assert.Equal((0, hostile), (code, output));
            Assert.Equal(hostile, SnippetLanguage.Php.Literal(hostile)[1..^1].Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal));
        }

        // Java reads \u before anything else: a line break is written in octal.
        Assert.Equal("\"\\015\\012\\000\\u202e\\ud83d\\ude00\"", SnippetLanguage.Java.Literal("\r\n\0\u202e\U0001F600"));
        Assert.Equal("\"\\U0001f600\"", SnippetLanguage.Go.Literal("\U0001F600"));
        Assert.Equal("'a'\\''b'", SnippetLanguage.Shell.Literal("a'b"));
    }

    private static SnippetValues Values(ClientKind kind, string method, string clientId, string? redirect)
    {
        var client = kind.Start();
        (client.ClientId, client.TokenEndpointAuthMethod, client.Scope) = (clientId, method, "openid profile notes:read");
        client.RedirectUris = redirect is null ? [] : [redirect];
        return new SnippetValues(Issuer, client, "https://notes.test");
    }
}
