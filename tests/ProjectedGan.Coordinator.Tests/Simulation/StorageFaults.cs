using Orleans.Storage;
using ProjectedGan.Coordinator.Storage;

namespace ProjectedGan.Coordinator.Tests.Simulation;

/// <summary>A grain storage that fails when a test says so, before or after it has written.</summary>
public sealed class StorageFaults
{
    private int _writes;

    /// <summary>Every operation fails.</summary>
    public bool IsAway { get; set; }

    /// <summary>Every n-th write is done but says that it failed; 0 for none.</summary>
    public int LostAnswerEvery { get; set; }

    /// <summary>Something may fail for it.</summary>
    public bool IsAny => IsAway || LostAnswerEvery > 0;

    internal void Before()
    {
        if (IsAway)
        {
            throw Failure();
        }
    }

    internal void After()
    {
        if (LostAnswerEvery > 0 && Interlocked.Increment(ref _writes) % LostAnswerEvery == 0)
        {
            throw Failure();
        }
    }

    private static GrainStorageException Failure() => new("The storage is away: a test took it.", StorageFailures.Other, new IOException("injected"));
}

/// <summary>Passes on to the real storage what the faults let through.</summary>
internal sealed class FaultyStorage(SqlGrainStorage storage, StorageFaults faults) : IGrainStorage, ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => storage.Participate(lifecycle);

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        faults.Before();
        await storage.ReadStateAsync(stateName, grainId, grainState);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        faults.Before();
        var version = grainState.ETag;
        await storage.WriteStateAsync(stateName, grainId, grainState);
        try
        {
            faults.After();
        }
        catch (GrainStorageException)
        {
            // Who gets no answer keeps the version that it had.
            grainState.ETag = version;
            throw;
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        faults.Before();
        await storage.ClearStateAsync(stateName, grainId, grainState);
    }
}
