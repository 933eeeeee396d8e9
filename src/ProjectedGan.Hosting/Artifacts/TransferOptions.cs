namespace ProjectedGan.Hosting.Artifacts;

/// <summary>How a transfer deals with failures.</summary>
public sealed record TransferOptions
{
    /// <summary>Time without any progress after which a transfer is given up; infinite for nodes, which wait for their coordinator. Default 1 minute.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before the second try; each further one doubles it. Default 0.2 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait between tries. Default 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without any progress after which <see cref="Delayed"/> is told. Default 10 s.</summary>
    public TimeSpan DelayedAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hears, once for each delay, why a transfer that is tried again and again does not go on.</summary>
    public Action<string> Delayed { get; init; } = _ => { };
}
