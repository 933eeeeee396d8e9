using ProjectedGan.Cli.Runs;
using Spectre.Console;

namespace ProjectedGan.Cli.Tests.Runs;

public class ProgressViewTests
{
    [Theory]
    [InlineData(true, false, "distance pending")]
    [InlineData(true, true, "fd_x 12.5 at 400")]
    [InlineData(false, false, null)]
    public void Line_NamesTheDistanceOnlyWhereOneIsMeasured(bool isMeasured, bool isThere, string? expected)
    {
        using StringWriter output = new();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });

        new ProgressView(console, TimeProvider.System).Report(new TrainingStatus
        {
            Run = "run",
            ImagesSeen = 800,
            ImagesPerSecond = 10,
            GeneratorLoss = 1,
            DiscriminatorLoss = 1,
            RealSignAccuracy = 0.5,
            FakeSignAccuracy = 0.5,
            Distance = isThere ? ("fd_x", 12.5, 400) : null,
            IsMeasured = isMeasured,
            Left = TimeSpan.FromSeconds(61),
            Done = 0.5,
        });

        var line = output.ToString();
        Assert.EndsWith($"{(expected is null ? "" : $"  {expected}")}  1:01 left{Environment.NewLine}", line, StringComparison.Ordinal);
        Assert.Equal(expected is not null && !isThere, line.Contains("distance", StringComparison.Ordinal));
    }
}
