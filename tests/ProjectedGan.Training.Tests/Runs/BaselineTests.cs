using ProjectedGan.Specification;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

/// <summary>What other tests hold of the paper's discriminators, of those that it is compared with.</summary>
[Trait("Speed", "Slow")]
public sealed class BaselineTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"pgan-baselines-{Guid.NewGuid():N}");

    public void Dispose()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(DiscriminatorKind.StyleGan2)]
    [InlineData(DiscriminatorKind.FastGan)]
    public void Run_EverySplitLaneAndBucketSize_GivesTheSameBits(DiscriminatorKind kind)
    {
        var spec = Spec(kind, replicas: 4, iterations: 5, replicaBatch: 2);
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
    public void Run_StyleGan2WithLabelsPairsAndHybrid_GivesTheSameBitsOnSeveralWorkers()
    {
        var spec = Tiny.StyleGan2(replicas: 2, iterations: 2);
        spec = spec with
        {
            SharedFakes = true,
            Data = spec.Data with { Classes = 3 },
            Generator = spec.Generator with { Kind = GeneratorKind.Hybrid, Conditional = true },
            Discriminator = spec.Discriminator with { Conditional = true },
            Loss = spec.Loss with { Kind = LossKind.Relativistic },
        };
        using var dataset = new MemoryDataset(classes: 3);

        var alone = InProcessCluster.Run(spec, dataset, [2], null, CancellationToken.None);
        var together = InProcessCluster.Run(spec, dataset, [1, 1], null, CancellationToken.None);

        Assert.All(together, hash => Assert.Equal(alone[0], hash));
    }

    [Theory]
    [InlineData(DiscriminatorKind.StyleGan2)]
    [InlineData(DiscriminatorKind.FastGan)]
    public void Run_InterruptedAfterEachIteration_EqualsUnbroken(DiscriminatorKind kind)
    {
        var spec = Spec(kind, replicas: 2, iterations: 6, replicaBatch: 1);
        var unbroken = DeterminismTests.Hash(spec);
        string? hash = null;
        using var dataset = new MemoryDataset();
        for (var iteration = 1; iteration <= 6; iteration++)
        {
            using var trainer = Trainer.Create(spec, dataset, new TrainerOptions { CheckpointFolder = _folder });
            trainer.Run(iteration, CancellationToken.None);
            hash = trainer.StateHash();
        }

        Assert.Equal(unbroken, hash);
    }

    [Fact]
    public void Adopt_StateOfAnotherWorker_BringsWhatWasAdapted()
    {
        var spec = Tiny.StyleGan2(replicas: 2, iterations: 8, replicaBatch: 1);
        using var dataset = new MemoryDataset();
        using var first = Trainer.Create(spec, dataset, new TrainerOptions { Elastic = true });
        first.Join(new(0, 2), null, CancellationToken.None);
        first.Run(5, CancellationToken.None);
        using var second = Trainer.Create(spec, dataset, new TrainerOptions { Elastic = true });
        foreach (var (from, to) in first.State().Tensors.Zip(second.State().Tensors))
        {
            to.copy_(from);
        }
        second.Adopt(first.State().Header);
        second.Join(new(0, 2), null, CancellationToken.None);

        Assert.NotEqual(0.5, first.Worker.State.Adaptation.Probability);
        Assert.True(first.Worker.State.Adaptation.PathLength > 0);
        Assert.Equal(first.Worker.State.Adaptation, second.Worker.State.Adaptation);
        first.Run(CancellationToken.None);
        second.Run(CancellationToken.None);
        Assert.Equal(first.StateHash(), second.StateHash());
    }

    [Fact]
    public void Run_EachSetting_GivesOtherBits()
    {
        var spec = Tiny.StyleGan2(iterations: 2);
        TrainingSpec[] others =
        [
            spec with { Loss = spec.Loss with { GradientPenalty = 0 } }, spec with { Loss = spec.Loss with { PenaltyInterval = 1 } },
            spec with { Loss = spec.Loss with { PathLength = 0 } }, spec with { Loss = spec.Loss with { PathLengthInterval = 1 } },
            spec with { Loss = spec.Loss with { Kind = LossKind.Relativistic } }, spec with { Generator = spec.Generator with { StyleMixing = 0 } },
            spec with { Augmentation = spec.Augmentation with { Probability = 0 } }, spec with { Augmentation = spec.Augmentation with { Adaptive = "geom" } },
            Tiny.FastGan(iterations: 2), Tiny.FastGan(iterations: 2) with { Loss = new LossSpec { Reconstruction = 0 } },
        ];
        string[] hashes = [DeterminismTests.Hash(spec), .. others.Select(other => DeterminismTests.Hash(other))];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    public static TheoryData<DiscriminatorKind, LossKind, GeneratorKind> Pairs()
    {
        // Of three properties, every pair of values comes once.
        var pairs = new TheoryData<DiscriminatorKind, LossKind, GeneratorKind>();
        foreach (var kind in Enum.GetValues<DiscriminatorKind>())
        {
            foreach (var generator in Enum.GetValues<GeneratorKind>())
            {
                pairs.Add(kind, (LossKind)(((int)kind + (int)generator) % Enum.GetValues<LossKind>().Length), generator);
            }
        }
        return pairs;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Run_DiscriminatorLossAndGenerator_LearnFromFiniteFigures(DiscriminatorKind kind, LossKind loss, GeneratorKind generator)
    {
        var spec = Spec(kind, replicas: 1, iterations: 1, replicaBatch: 2);
        var observer = new RecordingObserver();

        DeterminismTests.Hash(
            spec with
            {
                Generator = spec.Generator with { Kind = generator, StyleMixing = 0, StyleSize = 16, MostChannels = 12 },
                Loss = new LossSpec { Kind = loss },
            },
            new TrainerOptions { Observer = observer });

        var report = observer.Reports[^1];
        Assert.Equal(0, report.NonFiniteElements);
        Assert.InRange(report.GeneratedLoss + report.RealLoss, 1e-3, 50);
        Assert.True(report is { GeneratorGradientNorm: > 0, DiscriminatorGradientNorm: > 0 });
    }

    /// <summary>Images that are all real to the discriminator raise the probability, none lowers it, and a target of 0 leaves it.</summary>
    [Theory]
    [InlineData(0.6, 0.9, 0.54)]
    [InlineData(0.6, 0.7, 0.46)]
    [InlineData(0.0, 0.9, 0.5)]
    public void Adaptation_ShareOfRightImages_MovesTheProbabilityEveryFourthIteration(double target, double accuracy, double expected)
    {
        var spec = Tiny.StyleGan2(replicaBatch: 1);
        spec = spec with { Augmentation = spec.Augmentation with { Target = target } };
        var adaptation = Training.Iteration.Adaptation.Of(spec);
        for (var iteration = 0; iteration < 7; iteration++)
        {
            adaptation = adaptation.Next(spec, iteration, accuracy, double.NaN);
            Assert.Equal(iteration < 3 ? 0.5 : expected, adaptation.Probability, 12);
        }
        Assert.Equal(0, adaptation.PathLength);
    }

    private static TrainingSpec Spec(DiscriminatorKind kind, int replicas, int iterations, int replicaBatch) => kind switch
    {
        DiscriminatorKind.StyleGan2 => Tiny.StyleGan2(replicas, iterations, replicaBatch),
        DiscriminatorKind.FastGan => Tiny.FastGan(replicas, iterations, replicaBatch),
        _ => Tiny.Spec(replicas, iterations, replicaBatch),
    };
}
