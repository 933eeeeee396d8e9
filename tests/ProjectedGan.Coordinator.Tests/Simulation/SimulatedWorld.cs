using ProjectedGan.Coordinator.Contracts;

namespace ProjectedGan.Coordinator.Tests.Simulation;

/// <summary>What the workers of a test share: each other, the artifacts, and the truth about what was trained.</summary>
internal sealed class SimulatedWorld : IHeldArtifacts
{
    private readonly HashSet<string> _lost = [];
    private readonly Dictionary<(string Run, long Iteration), ulong> _uploads = [];
    private readonly HashSet<(string Run, long Epoch, long Iteration)> _committed = [];

    public Dictionary<string, SimulatedWorker> Workers { get; } = new(StringComparer.Ordinal);

    /// <summary>Steps between the end of a checkpoint's iteration and its arrival.</summary>
    public int UploadSteps { get; set; } = 2;

    /// <summary>Workers tell of peers that do not answer.</summary>
    public bool Complains { get; set; } = true;

    /// <summary>Iterations between checkpoints.</summary>
    public int CheckpointEvery { get; set; } = 10;

    /// <summary>The state after some iterations: every run has but one.</summary>
    public static ulong State(long iterations)
    {
        var state = 0x9E3779B97F4A7C15;
        for (long done = 0; done < iterations; done++)
        {
            state = Next(state, done);
        }

        return state;
    }

    public static ulong Next(ulong state, long iteration) => ((state ^ (ulong)iteration) * 0xBF58476D1CE4E5B9) + 1;

    public static string Hash(ulong state) => state.ToString("x16");

    public void Commit(string run, long epoch, long iteration, ulong state)
    {
        Assert.Equal(State(iteration + 1), state);
        _committed.Add((run, epoch, iteration));
    }

    public bool WasCommitted(string run, long epoch, long iteration) => _committed.Contains((run, epoch, iteration));

    public CheckpointRecord Upload(string run, long iteration, ulong state, long batch)
    {
        _uploads[(run, iteration)] = state;
        Restore($"{run}-{iteration}");
        return new CheckpointRecord { Iteration = iteration, Images = iteration * batch, Files = [new ArtifactReference { Name = "state", Digest = $"{run}-{iteration}" }] };
    }

    /// <summary>A file vanishes from the coordinator's disk.</summary>
    public void Lose(string digest)
    {
        lock (_lost)
        {
            _lost.Add(digest);
        }
    }

    /// <summary>The last iteration of which a checkpoint was uploaded.</summary>
    public long? Newest(string run) => _uploads.Keys.Where(upload => upload.Run == run).Select(upload => (long?)upload.Iteration).Max();

    public void Restore(string digest)
    {
        lock (_lost)
        {
            _lost.Remove(digest);
        }
    }

    public bool Has(ArtifactReference artifact)
    {
        lock (_lost)
        {
            return !_lost.Contains(artifact.Digest);
        }
    }

    public ulong Download(string run, long iteration)
        => _uploads.TryGetValue((run, iteration), out var state) ? state : throw new InvalidOperationException($"Nobody uploaded a checkpoint of {run} at {iteration}.");
}
