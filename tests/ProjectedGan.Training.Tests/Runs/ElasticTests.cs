using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>Workers whose part changes while they train, in one process.</summary>
[Trait("Speed", "Slow")]
public sealed class ElasticTests : IDisposable
{
    private const int Replicas = 3;
    private static readonly ReplicaRange All = new(0, Replicas);
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    [InlineData(11)]
    public void Run_AbortedAtAnExchange_GoesOnFromTheBoundaryToTheSameBits(int failingWait)
    {
        var spec = Spec();
        using var trainer = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });
        trainer.Join(All, new FailingExchange(failingWait), CancellationToken.None);

        Assert.Throws<OperationCanceledException>(() => trainer.Run(CancellationToken.None));
        var atBoundary = trainer.Iteration;
        Assert.Equal(Hash(spec, atBoundary), trainer.StateHash());

        trainer.Join(All, null, CancellationToken.None);
        trainer.Run(CancellationToken.None);

        Assert.Equal(Hash(spec, trainer.LastIteration), trainer.StateHash());
    }

    [Fact]
    public void Run_AbortedByItsToken_ThrowsAndIsAtABoundary()
    {
        var spec = Spec();
        using var trainer = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });
        trainer.Join(All, null, new CancellationToken(canceled: true));

        Assert.ThrowsAny<OperationCanceledException>(() => trainer.Run(CancellationToken.None));

        Assert.Equal(Hash(spec, 0), trainer.StateHash());
    }

    [Fact]
    public void Adopt_StateOfAnotherWorker_ContinuesAsThatOneWould()
    {
        var spec = Spec();
        using var first = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });
        first.Join(All, null, CancellationToken.None);
        first.Run(2, CancellationToken.None);
        using var second = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });

        Copy(first, second);

        Assert.Equal(2, second.Iteration);
        Assert.Equal(first.StateHash(), second.StateHash());
        second.Join(All, null, CancellationToken.None);
        second.Run(CancellationToken.None);
        Assert.Equal(Hash(spec, second.LastIteration), second.StateHash());
    }

    [Theory]
    [InlineData(WirePrecision.Float32)]
    [InlineData(WirePrecision.BFloat16)]
    public void Join_OtherSplitsFromIterationToIteration_GivesTheSameBits(WirePrecision wire)
    {
        var spec = Spec() with { Reduction = new ReductionSpec { Wire = wire, BucketBytes = 4096 } };
        using var first = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });
        using var second = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });

        RunTogether(spec, first, second, firstReplicas: 1, until: 1);
        RunTogether(spec, second, first, firstReplicas: 1, until: 2);
        RunTogether(spec, first, second, firstReplicas: 2, until: first.LastIteration);

        Assert.Equal(Hash(spec, first.LastIteration), first.StateHash());
        Assert.Equal(first.StateHash(), second.StateHash());
    }

    [Fact]
    public void Run_OfEveryMember_ShowsTheSameSnapshots()
    {
        var spec = Spec() with { Schedule = new ScheduleSpec { SnapshotImages = Replicas, EvaluationImages = 2 * Replicas, CheckpointImages = 0 } };
        RecordingObserver leader = new();
        RecordingObserver other = new();
        using var first = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true, Observer = leader });
        using var second = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true, Observer = other });

        RunTogether(spec, first, second, firstReplicas: 2, until: first.LastIteration);

        Assert.Contains((1, "snapshot"), leader.Shown);
        Assert.Equal(leader.Shown, other.Shown);
    }

    [Theory]
    [InlineData(-1, 3, true)]
    [InlineData(1, 3, true)]
    [InlineData(2, 3, false)]
    [InlineData(2, 4, true)]
    public void CatchUp_BehindADueCheckpoint_WritesTheOneThatTheLostLeaderOwed(long saved, long iteration, bool writes)
    {
        var spec = Spec() with { TotalImages = 6 * Replicas, Schedule = new ScheduleSpec { CheckpointImages = 2 * Replicas } };
        using var leader = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true });
        leader.Join(All, null, CancellationToken.None);
        leader.Run(iteration, CancellationToken.None);
        RecordingObserver observer = new();
        using (var next = Trainer.Create(spec, new MemoryDataset(12, 64), new TrainerOptions { Elastic = true, CheckpointFolder = _folder, Observer = observer }))
        {
            Copy(leader, next);
            next.Join(All, null, CancellationToken.None);
            next.CatchUp(saved);
            // What it has written is not owed any more, though it has not arrived.
            next.CatchUp(saved);
        }

        Assert.Equal(writes ? [$"checkpoint-{iteration:D9}"] : [], observer.Written);
    }

    [Fact]
    public void Checkpoint_DamagedAfterItWasWritten_IsWrittenAgainAndAPartAtTheEndTellsOfItAgain()
    {
        RecordingObserver observer = new();
        using var trainer = Trainer.Create(Spec(), new MemoryDataset(12, 64), new TrainerOptions { Elastic = true, CheckpointFolder = _folder, Observer = observer });
        CheckpointStore store = new(_folder, keep: 2);
        trainer.Join(All, null, CancellationToken.None);
        trainer.Run(CancellationToken.None);
        Assert.Single(observer.Written);
        Damage();

        trainer.WriteCheckpoint();
        Assert.True(store.IsWhole(trainer.LastIteration));
        trainer.WriteCheckpoint();
        Assert.Equal(2, observer.Written.Count);

        Damage();
        trainer.Join(All, null, CancellationToken.None);
        trainer.CatchUp(saved: -1);
        trainer.Run(CancellationToken.None);
        Assert.True(store.IsWhole(trainer.LastIteration));
        trainer.Join(All, null, CancellationToken.None);
        trainer.CatchUp(saved: -1);
        trainer.Run(CancellationToken.None);
        Assert.Equal(4, observer.Written.Count);
        Assert.Empty(observer.Failed);

        void Damage()
        {
            using var file = File.OpenWrite(Directory.EnumerateFiles(store.Folder(trainer.LastIteration), "*.safetensors").First());
            file.SetLength(file.Length - 1);
            Assert.False(store.IsWhole(trainer.LastIteration));
        }
    }

    [Fact]
    public void Wire_BFloat16_BelongsToTheResult()
    {
        var spec = Spec();
        var rounded = spec with { Reduction = new ReductionSpec { Wire = WirePrecision.BFloat16 } };

        Assert.NotEqual(SpecHash.Compute(spec), SpecHash.Compute(rounded));
        Assert.NotEqual(Hash(spec, 1), Hash(rounded, 1));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TrainingSpec Spec() => Tiny.Spec(Replicas, iterations: 4, replicaBatch: 1);

    private static string Hash(TrainingSpec spec, long until)
    {
        using var trainer = Trainer.Create(spec, new MemoryDataset(12, 64));
        trainer.Run(until, CancellationToken.None);
        return trainer.StateHash();
    }

    private static void Copy(Trainer source, Trainer target)
    {
        var (header, tensors) = source.State();
        foreach (var (from, to) in tensors.Zip(target.State().Tensors))
        {
            to.copy_(from);
        }
        target.Adopt(header);
    }

    private static void RunTogether(TrainingSpec spec, Trainer first, Trainer second, int firstReplicas, long until)
    {
        using var exchange = new InProcessExchange(new CanonicalTree(Replicas), 2, spec.Reduction.Wire);
        first.Join(new ReplicaRange(0, firstReplicas), exchange.Join(), CancellationToken.None);
        second.Join(new ReplicaRange(firstReplicas, Replicas), exchange.Join(), CancellationToken.None);
        var other = new Thread(() => second.Run(until, CancellationToken.None));
        other.Start();
        first.Run(until, CancellationToken.None);
        other.Join();
    }

    /// <summary>Hosts everything, and fails at one of its waits.</summary>
    private sealed class FailingExchange(int failingWait) : IGradientExchange
    {
        private readonly InProcessExchange _inner = new(new CanonicalTree(Replicas), 1);
        private int _waits;

        private int FailingWait { get; } = failingWait;

        public IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials)
        {
            using var endpoint = _inner.Join();
            return new Pending(this, endpoint.Submit(key, partials));
        }

        public void Dispose() => _inner.Dispose();

        private sealed class Pending(FailingExchange owner, IPendingReduction inner) : IPendingReduction
        {
            public TorchSharp.torch.Tensor Wait(CancellationToken cancellationToken) =>
                owner._waits++ == owner.FailingWait ? throw new OperationCanceledException("a peer was lost") : inner.Wait(cancellationToken);
        }
    }
}
