using System.Collections.Immutable;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Journal;
using ProjectedGan.Coordinator.Tests.Simulation;

namespace ProjectedGan.Coordinator.Tests.Journal;

/// <summary>What the journal promises, whatever the database.</summary>
public abstract class JournalContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Events_ComeBackWholeInTheirOrder()
    {
        await using var cluster = await StartAsync();
        var epoch = new EpochRecord { Epoch = 3, FirstIteration = 5, EndIteration = 9, Members = [new EpochMember { Worker = "w", Address = "http://w", FirstReplica = 0, ReplicaCount = 8 }], Began = DateTimeOffset.UnixEpoch };
        var progress = new TrainingProgress { Iteration = 7, GeneratorLoss = double.NaN, PhaseSeconds = ImmutableDictionary<string, double>.Empty.Add("generator", 0.5) };
        Assert.Equal(2, await cluster.Journal.AppendAsync("x", [Event("one") with { Epoch = epoch }, Event("two") with { Progress = progress }], CancellationToken.None));
        Assert.Equal(3, await cluster.Journal.AppendAsync("x", [Event("three")], CancellationToken.None));
        Assert.Equal(1, await cluster.Journal.AppendAsync("y", [Event("other")], CancellationToken.None));

        var events = await cluster.Journal.ReadAsync("x", 0, 100, CancellationToken.None);
        Assert.Equal([(1L, "one"), (2L, "two"), (3L, "three")], events.Select(happened => (happened.Sequence, happened.Text)));
        Assert.Equal("w", events[0].Epoch!.Members[0].Worker);
        Assert.True(double.IsNaN(events[1].Progress!.GeneratorLoss));
        Assert.Equal(0.5, events[1].Progress!.PhaseSeconds["generator"]);
        Assert.Equal(["two"], (await cluster.Journal.ReadAsync("x", 1, 1, CancellationToken.None)).Select(happened => happened.Text));
        Assert.Equal(0, await cluster.Journal.LastAsync("nothing", CancellationToken.None));
    }

    [Fact]
    public async Task Events_OldOnesAreDroppedAndNumbersGoOn()
    {
        await using var cluster = await StartAsync(options => options with { ProgressEventsKept = 10, EventsKept = 5 });
        for (var count = 0; count < 128; count++)
        {
            await cluster.Journal.AppendAsync("x", [count % 16 == 0 ? Event("kept") : Event("progress") with { Progress = new TrainingProgress() }], CancellationToken.None);
        }

        var events = await cluster.Journal.ReadAsync("x", 0, 1_000, CancellationToken.None);
        Assert.InRange(events.Count(happened => happened.Progress is not null), 6, 10);
        Assert.Equal(5, events.Count(happened => happened.Progress is null));
        Assert.Equal(128, events[^1].Sequence);
        Assert.Equal(129, await cluster.Journal.AppendAsync("x", [Event("next")], CancellationToken.None));
    }

    [Fact]
    public async Task Statistics_OfALongRun_AreThinnedOverItsWholeLength()
    {
        const int Count = 64 * 40, Kept = 100;
        await using var cluster = await StartAsync(options => options with { ProgressEventsKept = Kept });
        for (var count = 0; count < Count; count += 64)
        {
            await cluster.Journal.AppendAsync("x", [.. Enumerable.Repeat(Event("progress") with { Progress = new TrainingProgress() }, 64)], CancellationToken.None);
        }

        long[] sequences = [.. (await cluster.Journal.ReadAsync("x", 0, Count, CancellationToken.None)).Select(happened => happened.Sequence)];
        Assert.InRange(sequences.Length, Kept * 3 / 4, Kept);
        Assert.Equal((1, Count), (sequences[0], sequences[^1]));
        Assert.Equal(Enumerable.Range(Count - (Kept / 2) + 1, Kept / 2).Select(sequence => (long)sequence), sequences[^(Kept / 2)..]);
        Assert.All(sequences.Zip(sequences.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, Count / 8));
    }

    [Fact]
    public async Task Wait_EndsWithTheNextEvent()
    {
        await using var cluster = await StartAsync(options => options with { LongPoll = TimeSpan.FromMinutes(1) });
        await cluster.Journal.AppendAsync("x", [Event("one")], CancellationToken.None);
        await cluster.Journal.WaitAsync("x", 0, CancellationToken.None);
        var waiting = cluster.Journal.WaitAsync("x", 1, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        await cluster.Journal.AppendAsync("x", [Event("two")], CancellationToken.None);
        await waiting.WaitAsync(Patience);
        using var stop = new CancellationTokenSource();
        var cancelled = cluster.Journal.WaitAsync("x", 2, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
    }

    [Fact]
    public async Task Wait_AnotherProcessAppends_EndsWithTheNextLook()
    {
        await using var cluster = await StartAsync(options => options with { LongPoll = TimeSpan.FromMinutes(1) });
        // What another process has, too, is the database alone.
        var other = new SqlExperimentJournal(cluster.Database, cluster.Options, cluster.Time);
        var timers = cluster.Time.Timers;
        var waiting = cluster.Journal.WaitAsync("x", 0, CancellationToken.None);
        Assert.True(SpinWait.SpinUntil(() => cluster.Time.Timers > timers, Patience), "The reader does not look again.");
        await other.AppendAsync("x", [Event("one")], CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        cluster.Time.Advance(TimeSpan.FromSeconds(2));
        await waiting.WaitAsync(Patience);

        Assert.Equal("one", Assert.Single(await cluster.Journal.ReadAsync("x", 0, 10, CancellationToken.None)).Text);
    }

    [Fact]
    public async Task Events_AreThereAfterARestart()
    {
        await using var cluster = await StartAsync();
        await cluster.Journal.AppendAsync("x", [Event("it's \"one\" ✓"), Event("two")], CancellationToken.None);
        await cluster.RestartAsync();
        Assert.Equal(["it's \"one\" ✓", "two"], (await cluster.Journal.ReadAsync("x", 0, 10, CancellationToken.None)).Select(happened => happened.Text));
        Assert.Equal(3, await cluster.Journal.AppendAsync("x", [Event("three")], CancellationToken.None));
    }

    /// <summary>A coordinator on a new database of the kind.</summary>
    internal abstract Task<SimulatedCluster> StartAsync(Func<CoordinationOptions, CoordinationOptions>? configure = null);

    private static ExperimentEvent Event(string text) => new() { Time = DateTimeOffset.UnixEpoch, Text = text };
}
