using Spectre.Console;

namespace ProjectedGan.Cli.Runs;

/// <summary>
/// Shows a run's progress: a live panel on a terminal, one line every ten seconds elsewhere (a pipe, a log of a continuous
/// integration run).
/// </summary>
internal sealed class ProgressView(IAnsiConsole console, TimeProvider time)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private TrainingStatus? _status;
    private LiveDisplayContext? _live;
    private long _lastLine;

    /// <summary>Runs <paramref name="work"/> while the view is shown.</summary>
    public void Show(Action work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Out.IsTerminal)
        {
            work();
            return;
        }

        console.Live(new Text("preparing…")).Start(live =>
        {
            _live = live;
            work();
            _live = null;
        });
    }

    /// <summary>Takes the newest status; called from the training thread.</summary>
    public void Report(TrainingStatus status)
    {
        lock (_gate)
        {
            _status = status;
            if (_live is { } live)
            {
                live.UpdateTarget(Render(status));
                live.Refresh();
            }
            else if (_lastLine == 0 || time.GetElapsedTime(_lastLine) >= LineInterval)
            {
                _lastLine = time.GetTimestamp();
                WriteLine(status);
            }
        }
    }

    /// <summary>Prints the last status as one line, for the end of a run.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            if (_status is { } status)
            {
                WriteLine(status);
            }
        }
    }

    // Not through Spectre, which breaks lines at 80 characters where there is no terminal.
    private void WriteLine(TrainingStatus status) => console.Profile.Out.Writer.WriteLine(Line(status));

    private static string Line(TrainingStatus status) =>
        $"{status.ImagesSeen,9:N0} images  {status.ImagesPerSecond,6:F1} images/s  loss G {status.GeneratorLoss,7:F3}  D {status.DiscriminatorLoss,6:F3}  " +
        $"D accuracy real {status.RealSignAccuracy,4:P0} fake {status.FakeSignAccuracy,4:P0}  {(DistanceText(status) is { } distance ? $"{distance}  " : "")}{LeftText(status.Left)} left";

    private static Panel Render(TrainingStatus status)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(4)).AddColumn();
        grid.AddRow("images seen", $"{status.ImagesSeen:N0}   {status.ImagesPerSecond:F1} images/s");
        grid.AddRow("loss", $"G {status.GeneratorLoss:F3}   D {status.DiscriminatorLoss:F3}");
        grid.AddRow("D sign accuracy", $"real {status.RealSignAccuracy:P0}   fake {status.FakeSignAccuracy:P0}");
        if (DistanceText(status) is { } distance)
        {
            grid.AddRow("Fréchet distance", Markup.Escape(distance));
        }

        grid.AddRow("time left", $"{Bar(status.Done)} {LeftText(status.Left)}");
        return new Panel(grid).Header($" {Markup.Escape(status.Run)} — Ctrl-C stops with a checkpoint ").Border(BoxBorder.Rounded);
    }

    private static string Bar(double done)
    {
        const int Cells = 30;
        var filled = (int)Math.Round(Math.Clamp(done, 0, 1) * Cells);
        return new string('█', filled) + new string('░', Cells - filled);
    }

    private static string? DistanceText(TrainingStatus status) => status.Distance is { } distance
        ? $"{distance.Metric} {distance.Value:F1} at {distance.ImagesSeen:N0}"
        : status.IsMeasured ? "distance pending" : null;

    private static string LeftText(TimeSpan left) => left.TotalHours >= 1 ? $"{(int)left.TotalHours}:{left:mm\\:ss}" : $"{left:m\\:ss}";
}

/// <summary>What the progress view shows of a run at one moment.</summary>
internal sealed record TrainingStatus
{
    public required string Run { get; init; }

    public required long ImagesSeen { get; init; }

    public required double ImagesPerSecond { get; init; }

    public required double GeneratorLoss { get; init; }

    public required double DiscriminatorLoss { get; init; }

    /// <summary>Share of real images whose mean logit is positive, 0 to 1.</summary>
    public required double RealSignAccuracy { get; init; }

    /// <summary>Share of generated images whose mean logit is negative, 0 to 1.</summary>
    public required double FakeSignAccuracy { get; init; }

    /// <summary>The last measured Fréchet distance, if there is one yet, and the metric's name.</summary>
    public (string Metric, double Value, long ImagesSeen)? Distance { get; init; }

    /// <summary>Whether distances are measured at all.</summary>
    public bool IsMeasured { get; init; } = true;

    /// <summary>What is left of the budget, in time.</summary>
    public required TimeSpan Left { get; init; }

    /// <summary>Share of the budget that is used, 0 to 1.</summary>
    public required double Done { get; init; }
}
