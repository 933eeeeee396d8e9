namespace Orleans.Tests.Storage;

[GenerateSerializer]
public sealed class Ledger
{
    [Id(0)]
    public List<string> Entries { get; set; } = [];
}

public interface IStateGrain : IGrainWithStringKey
{
    Task<string[]> EntriesAsync();

    Task AddAsync(string entry);

    Task ClearAsync();

    Task<(string? ETag, bool Exists, Guid Activation)> VersionAsync();

    Task LeaveAsync();
}

/// <summary>Two states in one storage, to show that they are kept apart.</summary>
public sealed class StateGrain(
    [PersistentState("ledger", "faulty")] IPersistentState<Ledger> ledger,
    [PersistentState("other", "faulty")] IPersistentState<Ledger> other) : Grain, IStateGrain
{
    private readonly Guid _activation = Guid.NewGuid();

    public Task<string[]> EntriesAsync() => Task.FromResult(ledger.State.Entries.Concat(other.State.Entries).ToArray());

    public async Task AddAsync(string entry)
    {
        ledger.State.Entries.Add(entry);
        await ledger.WriteStateAsync();
    }

    public Task ClearAsync() => ledger.ClearStateAsync();

    public Task<(string? ETag, bool Exists, Guid Activation)> VersionAsync() => Task.FromResult((ledger.Etag, ledger.RecordExists, _activation));

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}

public interface IClassicGrain : IGrainWithIntegerKey
{
    Task<int> AddAsync(string entry);
}

/// <summary>The older way: one state in a base class.</summary>
public sealed class ClassicGrain : Grain<Ledger>, IClassicGrain
{
    public async Task<int> AddAsync(string entry)
    {
        State.Entries.Add(entry);
        await WriteStateAsync();
        DeactivateOnIdle();
        return State.Entries.Count;
    }
}

public interface IMisplacedGrain : IGrainWithStringKey
{
    Task CallAsync();
}

public sealed class MisplacedGrain([PersistentState("state", "nowhere")] IPersistentState<Ledger> state) : Grain, IMisplacedGrain
{
    public Task CallAsync() => state.WriteStateAsync();
}
