using ProjectedGan.Cli.Tests.Processes;

namespace ProjectedGan.Cli.Tests.Shell;

[Trait("Speed", "Slow")]
public class AllreduceBenchmarkTests
{
    [Fact]
    public async Task BenchAllreduce_WithoutGloo_MeasuresRealProcesses()
    {
        using TemporaryFolder home = new();

        var result = await PganProcess.RunAsync(home.Path, "bench", "allreduce", "--processes", "3", "--megabytes", "1", "--rounds", "2", "--warm-up", "0", "--peer", "", "--json", "result.json");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.All(new[] { "float32", "bfloat16", "float32-tcp", "bfloat16-tcp", "tcp" }, kind => Assert.Contains(kind, result.Output, StringComparison.Ordinal));
        Assert.Contains("cpuSecondsPerGigabyte", await File.ReadAllTextAsync(Path.Combine(home.Path, "result.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--processes", "1")]
    [InlineData("--megabytes", "many")]
    [InlineData("--peer", "missing.py")]
    public async Task BenchAllreduce_BadOption_SaysWhich(string option, string value)
    {
        using TemporaryFolder home = new();

        var result = await PganProcess.RunAsync(home.Path, option == "--peer" ? ["bench", "allreduce", option, value] : ["bench", "allreduce", "--peer", "", option, value]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains($"{option}: '{value}'", result.Errors, StringComparison.Ordinal);
    }
}
