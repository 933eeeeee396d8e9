using Orleans.Storage;

namespace Orleans.Tests.Storage;

/// <summary>Storage that fails when told to, and counts its reads.</summary>
internal sealed class FaultyStorage(IGrainStorage inner) : IGrainStorage
{
    public Exception? Failure { get; set; }

    public int Reads { get; private set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Reads++;
        return Failure is null ? inner.ReadStateAsync(stateName, grainId, grainState) : Task.FromException(Failure);
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => Failure is null ? inner.WriteStateAsync(stateName, grainId, grainState) : Task.FromException(Failure);

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
        => Failure is null ? inner.ClearStateAsync(stateName, grainId, grainState) : Task.FromException(Failure);
}
