using ProjectedGan.AllReduce.Tests.Reduction;
using ProjectedGan.Specification;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;

namespace ProjectedGan.Training.Tests.Runs;

[Trait("Speed", "Slow")]
public class DeterminismTests
{
    [Fact]
    public void Run_SameSpecTwice_GivesTheSameBits() => Assert.Equal(Hash(Tiny.Spec()), Hash(Tiny.Spec()));

    [Fact]
    public void Run_OtherSeed_GivesOtherBits() => Assert.NotEqual(Hash(Tiny.Spec(iterations: 1)), Hash(Tiny.Spec(iterations: 1) with { Seed = 4 }));

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Run_EverySplitOverWorkers_GivesTheSameBits(int replicas)
    {
        var spec = Tiny.Spec(replicas, iterations: 2, replicaBatch: 1);
        var expected = Hash(spec);
        using var dataset = new MemoryDataset();
        // All splits of 4; of 3 and 5 those that cut the tree differently.
        var splits = Splits.Of(replicas).Where(split => replicas == 4 || split.Count == 2 || split.Count == replicas);
        foreach (var split in splits)
        {
            var hashes = InProcessCluster.Run(spec, dataset, split, new TrainerOptions { Lanes = 1 }, CancellationToken.None);
            Assert.All(hashes, hash => Assert.True(hash == expected, $"Workers with {string.Join("+", split)} replicas differ from one worker."));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Run_SeveralLanes_GivesTheSameBits(int lanes)
    {
        var spec = Tiny.Spec(replicas: 4, iterations: 2, replicaBatch: 1);

        Assert.Equal(Hash(spec, new TrainerOptions { Lanes = 1 }), Hash(spec, new TrainerOptions { Lanes = lanes }));
    }

    [Fact]
    public void Run_SmallBuckets_GivesTheSameBits()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 1);

        Assert.Equal(Hash(spec), Hash(spec with { Reduction = spec.Reduction with { BucketBytes = 5000 } }));
    }

    [Fact]
    public void Run_SharedFakesMirrorAndLabels_GiveTheSameBitsOnSeveralWorkers()
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 2) with { SharedFakes = true };
        spec = spec with
        {
            Data = spec.Data with { Mirror = true, Classes = 3 },
            Generator = spec.Generator with { Kind = GeneratorKind.FastGan, Conditional = true },
            Discriminator = spec.Discriminator with { Conditional = true, Separable = true },
            Blur = new BlurSpec { InitialSigma = 2, FadeImages = 100 },
        };
        using var dataset = new MemoryDataset(classes: 3);

        var alone = InProcessCluster.Run(spec, dataset, [2], null, CancellationToken.None);
        var together = InProcessCluster.Run(spec, dataset, [1, 1], null, CancellationToken.None);

        Assert.Equal(alone[0], together[0]);
        Assert.Equal(alone[0], together[1]);
    }

    [Theory]
    [InlineData(GeneratorKind.StyleGan2, StyleImage.Skip)]
    [InlineData(GeneratorKind.StyleGan2, StyleImage.Residual)]
    [InlineData(GeneratorKind.Hybrid, StyleImage.Skip)]
    public void Run_WithStyles_GivesTheSameBitsOnSeveralWorkers(GeneratorKind kind, StyleImage image)
    {
        var spec = Tiny.Spec(replicas: 2, iterations: 2);
        spec = spec with
        {
            Data = spec.Data with { Classes = 3 },
            Generator = spec.Generator with { Kind = kind, StyleSize = 16, MostChannels = 16, Image = image, Conditional = true },
            Discriminator = spec.Discriminator with { Separable = true },
        };
        using var dataset = new MemoryDataset(classes: 3);

        var alone = InProcessCluster.Run(spec, dataset, [2], null, CancellationToken.None);
        var together = InProcessCluster.Run(spec, dataset, [1, 1], null, CancellationToken.None);

        Assert.Equal(alone[0], together[0]);
        Assert.Equal(alone[0], together[1]);
    }

    [Fact]
    public void Run_BFloat16_TrainsWithOtherRoundingsAndRepeats()
    {
        var spec = Tiny.Spec(iterations: 2);
        var mixed = spec with { Execution = new ExecutionSpec { Precision = Precision.BFloat16 } };
        var observer = new RecordingObserver();

        var hash = Hash(mixed, new TrainerOptions { Observer = observer });

        Assert.Equal(hash, Hash(mixed));
        Assert.NotEqual(hash, Hash(spec));
        Assert.InRange(observer.Reports[0].GeneratedLoss + observer.Reports[0].RealLoss, 1, 3);
    }

    [Fact]
    public void Run_SnapshotsAndEvaluation_ChangeNothing()
    {
        var spec = Tiny.Spec();
        var observer = new RecordingObserver
        {
            OnEvaluate = snapshot =>
            {
                using var generator = snapshot.CreateGenerator();
                using var latents = TorchSharp.torch.randn(2, 8);
                using var images = generator.forward(latents, null, null);
                Assert.Equal([2, 3, 64, 64], images.shape);
            },
        };

        var watched = Hash(spec with { Schedule = spec.Schedule with { EvaluationImages = 2, SnapshotImages = 4 } }, new TrainerOptions { Observer = observer });

        Assert.Equal(Hash(spec), watched);
        Assert.Equal(
            [(0, "evaluate"), (0, "snapshot"), (1, "evaluate"), (2, "evaluate"), (2, "snapshot"), (3, "evaluate"), (3, "snapshot")], observer.Shown);
    }

    [Fact]
    public void Run_Reports_CarryFiniteFigures()
    {
        var observer = new RecordingObserver();

        Hash(Tiny.Spec(), new TrainerOptions { Observer = observer });

        Assert.Equal([2, 4, 6], observer.Reports.Select(report => report.ImagesSeen));
        Assert.All(observer.Reports, report =>
        {
            Assert.InRange(report.GeneratedLoss + report.RealLoss, 0.01, 10);
            Assert.InRange(report.GeneratedAccuracy, 0, 1);
            Assert.InRange(report.RealAccuracy, 0, 1);
            Assert.True(report.GeneratorGradientNorm > 0 && report.DiscriminatorGradientNorm > 0 && report.ImagesPerSecond > 0);
            Assert.True(report.Timings[IterationPart.GeneratorBackward] > TimeSpan.Zero);
        });
    }

    internal static string Hash(TrainingSpec spec, TrainerOptions? options = null)
    {
        using var dataset = new MemoryDataset();
        using var trainer = Trainer.Create(spec, dataset, options);
        trainer.Run(CancellationToken.None);
        return trainer.StateHash();
    }
}
