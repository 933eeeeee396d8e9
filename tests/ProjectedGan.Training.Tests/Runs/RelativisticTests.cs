using System.Collections.Concurrent;
using ProjectedGan.Specification;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>What other tests hold of the hinge loss, of pairs of images and penalties on gradients.</summary>
[Trait("Speed", "Slow")]
public sealed class RelativisticTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pgan-pairs-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Fact]
    public void Run_EverySplitLaneAndBucketSize_GivesTheSameBits()
    {
        var spec = Tiny.Relativistic(replicas: 4, iterations: 2, replicaBatch: 1);
        var expected = DeterminismTests.Hash(spec, new TrainerOptions { Lanes = 1 });
        using var dataset = new MemoryDataset();
        foreach (var split in new[] { new[] { 1, 3 }, [2, 2], [1, 1, 1, 1] })
        {
            var hashes = InProcessCluster.Run(spec, dataset, split, new TrainerOptions { Lanes = 1 }, CancellationToken.None);
            Assert.All(hashes, hash => Assert.True(hash == expected, $"Workers with {string.Join("+", split)} replicas differ from one worker."));
        }

        Assert.Equal(expected, DeterminismTests.Hash(spec, new TrainerOptions { Lanes = 3 }));
        Assert.Equal(expected, DeterminismTests.Hash(spec with { Reduction = spec.Reduction with { BucketBytes = 5000 } }, new TrainerOptions { Lanes = 2 }));
    }

    [Fact]
    public void Run_SharedFakesLabelsAndSeparable_GivesTheSameBitsOnSeveralWorkers()
    {
        var spec = Tiny.Relativistic(replicas: 2, iterations: 2) with { SharedFakes = true };
        spec = spec with
        {
            Data = spec.Data with { Mirror = true, Classes = 3 },
            Generator = spec.Generator with { Kind = GeneratorKind.FastGan, Conditional = true },
            Discriminator = spec.Discriminator with { Conditional = true, Separable = true, Count = 3 },
        };
        using var dataset = new MemoryDataset(classes: 3);

        var alone = InProcessCluster.Run(spec, dataset, [2], null, CancellationToken.None);
        var together = InProcessCluster.Run(spec, dataset, [1, 1], null, CancellationToken.None);

        Assert.All(together, hash => Assert.Equal(alone[0], hash));
    }

    [Fact]
    public void Run_EachSetting_GivesOtherBits()
    {
        var spec = Tiny.Relativistic(iterations: 1);
        string[] hashes =
        [
            DeterminismTests.Hash(Tiny.Spec(iterations: 1)), DeterminismTests.Hash(spec),
            .. new[] { 0, 1e-2 }.Select(weight => DeterminismTests.Hash(spec with { Loss = spec.Loss with { GradientPenalty = weight } })),
        ];

        Assert.Equal(4, hashes.Distinct().Count());
    }

    [Fact]
    public void Run_InterruptedAfterEachIteration_EqualsUnbroken()
    {
        var spec = Tiny.Relativistic(replicas: 2, iterations: 3, replicaBatch: 1);
        var unbroken = DeterminismTests.Hash(spec);
        string? hash = null;
        using var dataset = new MemoryDataset();
        for (var iteration = 1; iteration <= 3; iteration++)
        {
            using var trainer = Trainer.Create(spec, dataset, new TrainerOptions { CheckpointFolder = _folder });
            trainer.Run(iteration, CancellationToken.None);
            hash = trainer.StateHash();
        }

        Assert.Equal(unbroken, hash);
    }

    [Fact]
    public void Run_Reports_CarryFiniteFiguresAndThePenalty()
    {
        var (with, without) = (Report(1e-4), Report(0));

        Assert.InRange(without.GeneratedLoss + without.RealLoss, 0.2, 3);
        Assert.Equal(without.GeneratedLoss, without.RealLoss);
        Assert.True(with.GeneratedLoss > without.GeneratedLoss && with.RealLoss > without.RealLoss, "The penalties do not count.");
        Assert.InRange(with.GeneratedLoss + with.RealLoss, 0.2, 10);
        Assert.Equal(with.GeneratedAccuracy, with.RealAccuracy);

        TrainingReport Report(double weight)
        {
            var spec = Tiny.Relativistic(iterations: 1);
            var observer = new RecordingObserver();
            DeterminismTests.Hash(spec with { Loss = spec.Loss with { GradientPenalty = weight } }, new TrainerOptions { Observer = observer });
            return observer.Reports[0];
        }
    }

    [Fact]
    public void Run_BothPhases_TakeEachBatchOnce()
    {
        var batches = new CountingBatches();
        using var trainer = Trainer.Create(Tiny.Relativistic(replicas: 3, iterations: 2), null, new TrainerOptions { Batches = batches, Lanes = 2 });

        trainer.Run(CancellationToken.None);

        Assert.Equal(6, batches.Taken.Count);
        Assert.All(batches.Taken.Values, count => Assert.Equal(1, count));
        Assert.All(batches.Given, batch => Assert.True(batch.Images.IsInvalid, "A batch is still held."));
    }

    [Theory]
    [InlineData(NonFinitePolicy.Replace, 2, 2)]
    [InlineData(NonFinitePolicy.Skip, 1, 1)]
    public void Run_RealImagesNotFinite_BothPhasesFollowThePolicy(NonFinitePolicy policy, long generatorSteps, long discriminatorSteps)
    {
        var observer = new RecordingObserver();
        using var trainer = Trainer.Create(
            Tiny.Relativistic(replicas: 2, iterations: 2) with { NonFinite = policy }, null,
            new TrainerOptions { Observer = observer, Batches = new CountingBatches((iteration, replica) => iteration == 1 && replica == 1), Lanes = 1 });

        trainer.Run(CancellationToken.None);

        Assert.Equal([TrainingPhase.Generator, TrainingPhase.Discriminator], observer.NonFiniteGradients.Select(found => found.Phase));
        Assert.All(observer.NonFiniteGradients, found => Assert.Equal([1], found.Replicas));
        Assert.Equal((generatorSteps, discriminatorSteps), (trainer.Worker.GeneratorUpdate.Adam.StepCount, trainer.Worker.DiscriminatorUpdate.Adam.StepCount));
        Assert.True(trainer.Worker.State.Discriminator.Trained.Flat.isfinite().all().item<bool>());
    }

    private sealed class CountingBatches(Func<long, int, bool>? poisoned = null) : IRealBatches
    {
        public ConcurrentDictionary<(long Iteration, int Replica), int> Taken { get; } = new();

        public ConcurrentBag<RealBatch> Given { get; } = [];

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken)
        {
            Taken.AddOrUpdate((iteration, replica), 1, (_, count) => count + 1);
            using var draws = new Generator((ulong)((iteration * 100) + replica));
            var images = rand([2, 3, 64, 64], ScalarType.Float32, generator: draws).mul_(2).sub_(1);
            if (poisoned?.Invoke(iteration, replica) == true)
            {
                images.fill_(float.NaN);
            }
            var batch = new RealBatch(images.DetachFromDisposeScope(), null);
            Given.Add(batch);
            return batch;
        }

        public void Dispose()
        {
        }
    }
}
