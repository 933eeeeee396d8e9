using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Keeps copies of states in this process, with versions that are checked.</summary>
internal sealed class ProcessMemoryStorage(ValueCopier copier) : IGrainStorage
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, GrainId Grain), (object? State, string ETag)> _states = [];
    private long _version;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            bool exists = _states.TryGetValue((stateName, grainId), out (object? State, string ETag) stored);
            grainState.State = exists ? (T?)copier.Copy(stored.State) : default;
            grainState.ETag = exists ? stored.ETag : null;
            grainState.RecordExists = exists;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            ThrowIfChanged(stateName, grainId, grainState.ETag);
            string etag = (++_version).ToString(CultureInfo.InvariantCulture);
            _states[(stateName, grainId)] = (copier.Copy(grainState.State), etag);
            grainState.ETag = etag;
            grainState.RecordExists = true;
        }

        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (_gate)
        {
            ThrowIfChanged(stateName, grainId, grainState.ETag);
            _states.Remove((stateName, grainId));
            grainState.State = default;
            grainState.ETag = null;
            grainState.RecordExists = false;
        }

        return Task.CompletedTask;
    }

    private void ThrowIfChanged(string stateName, GrainId grainId, string? etag)
    {
        string? stored = _states.TryGetValue((stateName, grainId), out (object? State, string ETag) found) ? found.ETag : null;
        if (stored != etag)
        {
            throw new InconsistentStateException($"State \"{stateName}\" of grain {grainId} was changed since it was read.", stored, etag);
        }
    }
}
