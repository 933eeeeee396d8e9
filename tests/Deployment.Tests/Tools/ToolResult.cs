namespace Deployment.Tests.Tools;

/// <summary>How a program ended and what it printed.</summary>
internal sealed record ToolResult(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test with everything that was printed.</summary>
    public ToolResult Succeeded()
    {
        Assert.True(ExitCode == 0, $"'{Command}' ended with {ExitCode}:\n{Output}\n{Errors}");
        return this;
    }

    /// <summary>Asserts a refusal that says these words.</summary>
    public void Refused(params string[] words)
    {
        Assert.True(ExitCode != 0, $"'{Command}' succeeded:\n{Output}");
        Assert.All(words, word => Assert.Contains(word, Errors + Output, StringComparison.Ordinal));
    }
}
