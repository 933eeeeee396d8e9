using Orleans.Runtime.Hosting;
using Orleans.Storage;
using Orleans.Tests.Hosting;

namespace Orleans.Tests.Storage;

public class StateTests
{
    private readonly FaultyStorage _storage = new(new ProcessMemoryStorage(new ValueCopier()));

    [Fact]
    public async Task State_NewActivation_ReadsWhatTheLastOneWrote()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("again");
        await grain.AddAsync("one");
        (string? etag, bool exists, Guid activation) = await grain.VersionAsync();
        Assert.True(exists);

        await grain.LeaveAsync();
        (string? etagAfter, bool existsAfter, Guid activationAfter) = await grain.VersionAsync().Within("the next activation");

        Assert.NotEqual(activation, activationAfter);
        Assert.Equal((etag, true), (etagAfter, existsAfter));
        Assert.Equal(["one"], await grain.EntriesAsync());
        Assert.Equal(4, _storage.Reads);
    }

    [Fact]
    public async Task State_WriteFails_CallerSeesItAndTheVersionStays()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("fault");
        await grain.AddAsync("one");
        (string? etag, _, _) = await grain.VersionAsync();
        _storage.Failure = new IOException("The disk is on fire.");

        OrleansException thrown = await Assert.ThrowsAsync<OrleansException>(() => grain.AddAsync("two"));

        Assert.Contains("The disk is on fire.", thrown.Message, StringComparison.Ordinal);
        Assert.IsType<IOException>(thrown.InnerException);
        Assert.Equal(etag, (await grain.VersionAsync()).ETag);
        _storage.Failure = null;
        await grain.LeaveAsync();
        Assert.Equal(["one"], await grain.EntriesAsync().Within("the next activation"));
    }

    [Fact]
    public async Task State_StorageThrowsAnOrleansException_ItArrivesAsItIs()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("own");
        await grain.EntriesAsync();
        _storage.Failure = new LedgerException("The ledger is closed.");

        Assert.Equal("The ledger is closed.", (await Assert.ThrowsAsync<LedgerException>(() => grain.AddAsync("one"))).Message);
    }

    [Fact]
    public async Task State_ReadFailsAtActivation_CallerSeesItAndALaterCallTriesAgain()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("unread");
        _storage.Failure = new IOException("The disk is on fire.");
        Assert.Contains("reading", (await Assert.ThrowsAsync<OrleansException>(grain.EntriesAsync)).Message, StringComparison.Ordinal);

        _storage.Failure = null;

        Assert.Empty(await grain.EntriesAsync().Within("the second activation"));
    }

    [Fact]
    public async Task State_ChangedBehindTheGrain_ConflictEndsTheActivation()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("conflict");
        await grain.AddAsync("one");
        Guid activation = (await grain.VersionAsync()).Activation;
        await WriteBehindAsync(grain.GetGrainId(), "theirs");

        await Assert.ThrowsAsync<InconsistentStateException>(() => grain.AddAsync("mine"));

        Assert.Equal(["theirs"], await grain.EntriesAsync().Within("the next activation"));
        Assert.NotEqual(activation, (await grain.VersionAsync()).Activation);
        await grain.AddAsync("mine");
        Assert.Equal(["theirs", "mine"], await grain.EntriesAsync());
    }

    [Fact]
    public async Task State_Cleared_IsEmptyAndCanBeWrittenAnew()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IStateGrain>("clear");
        await grain.AddAsync("one");

        await grain.ClearAsync();

        (string? etag, bool exists, _) = await grain.VersionAsync();
        Assert.Equal((null, false), (etag, exists));
        await grain.AddAsync("two");
        Assert.Equal(["two"], await grain.EntriesAsync());
    }

    [Fact]
    public async Task GrainOfState_NewActivation_ReadsItsState()
    {
        await using TestSilo silo = await StartAsync();
        var grain = silo.Grains.GetGrain<IClassicGrain>(7);

        Assert.Equal(1, await grain.AddAsync("one"));
        Assert.Equal(2, await grain.AddAsync("two").Within("the next activation"));
    }

    [Fact]
    public async Task State_StorageOfNoSuchName_IsNamed()
    {
        await using TestSilo silo = await StartAsync();

        BadProviderConfigException thrown = await Assert.ThrowsAsync<BadProviderConfigException>(silo.Grains.GetGrain<IMisplacedGrain>("x").CallAsync);

        Assert.Contains("\"nowhere\"", thrown.Message, StringComparison.Ordinal);
    }

    private Task<TestSilo> StartAsync() => TestSilo.StartAsync(builder => builder.Services.AddGrainStorage("faulty", (_, _) => _storage));

    private async Task WriteBehindAsync(GrainId grain, string entry)
    {
        var state = new GrainState<Ledger>(new Ledger());
        await _storage.ReadStateAsync("ledger", grain, state);
        state.State = new Ledger { Entries = [entry] };
        await _storage.WriteStateAsync("ledger", grain, state);
    }

    private sealed class LedgerException(string message) : OrleansException(message);
}
