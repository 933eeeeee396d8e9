namespace ProjectedGan.Cli.Tests.Processes;

/// <summary>How a process ended and what it printed.</summary>
internal sealed record PganResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test with everything the process printed.</summary>
    public PganResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"pgan ended with {ExitCode}:\n{Output}\n{Errors}");
        return this;
    }

    /// <summary>Asserts a refusal as users should meet it: the exit code, the words, and no stack trace.</summary>
    public void Refused(int exitCode, params string[] words)
    {
        Assert.True(ExitCode == exitCode, $"pgan ended with {ExitCode}, not {exitCode}:\n{Output}\n{Errors}");
        Assert.StartsWith("pgan: ", Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Errors, StringComparison.Ordinal);
        Assert.All(words, word => Assert.Contains(word, Errors, StringComparison.Ordinal));
    }
}
