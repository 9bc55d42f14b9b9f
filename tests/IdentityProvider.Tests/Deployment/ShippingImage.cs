using IdentityProvider.Tests.House;
using Xunit;

namespace IdentityProvider.Tests.Deployment;

/// <summary>The Dockerfile, as text: no registry is reached where these tests run.</summary>
public sealed class ShippingImage
{
    private static readonly string[] lines = [.. Checkout.Read("Dockerfile").Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Select(line => line.Trim())];

    [Fact]
    public void What_runs_has_no_shell_no_root_and_a_health_check_that_needs_neither()
    {
        var final = lines.SkipWhile(line => !line.StartsWith("FROM mcr.microsoft.com/dotnet/aspnet:", StringComparison.Ordinal)).ToList();
        Assert.Contains("-chiseled", final[0], StringComparison.Ordinal);
        Assert.DoesNotContain(final, line => line.StartsWith("RUN ", StringComparison.Ordinal));
        Assert.Contains("USER $APP_UID", final);
        Assert.Contains(final, line => line.StartsWith("HEALTHCHECK ", StringComparison.Ordinal) && line.EndsWith("CMD [\"dotnet\", \"IdentityProvider.Host.dll\", \"health\"]", StringComparison.Ordinal));
        Assert.Contains(final, line => line.StartsWith("LABEL ", StringComparison.Ordinal) && line.Contains("org.opencontainers.image.licenses=\"Apache-2.0\"", StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_copies_is_there_and_is_let_into_the_build()
    {
        var ignored = Checkout.Read(".dockerignore").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var copied = lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1]).Select(path => path.TrimEnd('/')).ToList();
        Assert.NotEmpty(copied);
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(Checkout.Root, path)) && !ignored.Contains(path), path));

        // Secrets of a deployment lie there.
        Assert.Contains("deploy", ignored);
    }
}
