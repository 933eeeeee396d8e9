namespace ProjectedGan.Coordinator.Contracts;

/// <summary>Times and limits of the coordinator. Every process of one cluster uses the coordinator's.</summary>
public sealed record CoordinationOptions
{
    /// <summary>How often workers and evaluators report. Default 1 s.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A worker that was silent for this long is lost. Default 5 s.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A worker whose stream broke and that does not return within this time is lost. Default 2 s.</summary>
    public TimeSpan BrokenStreamLease { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>An evaluator that was silent for this long loses its task. Default 15 s.</summary>
    public TimeSpan EvaluatorLease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a worker that could not be reached by its peers is not invited again. Default 30 s.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after the first report of unreachable peers the others are heard before someone is blamed. Default 0.5 s.</summary>
    public TimeSpan SuspicionWindow { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Epochs with damaged or non-finite data of one worker after which it is expelled, and epochs in a row that break without an iteration
    /// and with nobody to blame after which a member cools down. Default 3.
    /// </summary>
    public int StrikesBeforeExpulsion { get; init; } = 3;

    /// <summary>Different machines on which workers fail at an experiment that nobody trains and that commits no iteration meanwhile, before it fails. Default 3.</summary>
    public int FailingMachinesBeforeFailure { get; init; } = 3;

    /// <summary>How long a start waits for the last allocated workers to prepare when the minimum is ready. Default 2 min.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a joiner that is ready waits for others that prepare, so that they join in one epoch. Default 10 s.</summary>
    public TimeSpan JoinPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a living member may take to stop at an iteration's boundary before it is dropped. Default 2 min.</summary>
    public TimeSpan HoldPatience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a pause, an early stop or a leaving worker waits for a checkpoint's upload, and a run at its end before it asks for the last one again.
    /// Default 10 min.
    /// </summary>
    public TimeSpan UploadPatience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Age after which a queued experiment that still does not fit, but would with all connected workers, keeps later ones from those it waits for. Default 5 min.</summary>
    public TimeSpan ReserveAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a run below its minimum keeps its workers although too few are connected that it takes, before one that can start with them
    /// gets them. Default 5 min.
    /// </summary>
    public TimeSpan GiveBackAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often grains with work look at it without being called. Zero: never, who hosts them calls their ticks. Default 0.5 s.</summary>
    public TimeSpan TickInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a long poll waits for something new. Default 10 s.</summary>
    public TimeSpan LongPoll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Times an evaluation is tried. Default 3.</summary>
    public int EvaluationAttempts { get; init; } = 3;

    /// <summary>How long lost workers and evaluators stay in the lists. Default 10 min.</summary>
    public TimeSpan RememberLostNodes { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Progress events kept per experiment: the newest half of them all, and before that as many over the whole run. Default 1,000.</summary>
    public int ProgressEventsKept { get; init; } = 1_000;

    /// <summary>Other events kept per experiment. Default 4,000.</summary>
    public int EventsKept { get; init; } = 4_000;
}
