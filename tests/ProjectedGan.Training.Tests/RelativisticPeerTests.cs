using System.Globalization;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Testing;
using ProjectedGan.Training.Augmentation;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.Runs;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests;

/// <summary>Whole iterations under the relativistic loss through the trainer's own code against PyTorch's autograd: losses, gradients, updates.</summary>
[Trait("Speed", "Slow")]
public sealed class RelativisticPeerTests : IDisposable
{
    private const int Batch = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-pairs").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// float32 computes its second derivatives by other formulas, channels-last, than float64. Its first iteration alone is compared, on shared
    /// images: the sign of Adam's first step turns where a gradient is nearly zero.
    /// </summary>
    [Theory]
    [InlineData(Precision.Float64, 2, 1e-7)]
    [InlineData(Precision.Float32, 1, 1e-2)]
    public void Run_FreshNetworks_EqualsPyTorch(Precision precision, int iterations, double tolerance)
    {
        using var scope = NewDisposeScope();
        var spec = Spec(precision) with { SharedFakes = precision == Precision.Float32 };
        var probe = new IterationFigures();
        Save("inputs", [.. Enumerable.Range(1, iterations).SelectMany(Inputs)]);
        using var trainer = Trainer.Create(spec, null, new TrainerOptions
        {
            Randomness = new Given(spec),
            Batches = new Given(spec),
            Probe = probe,
            InitializeWeights = (generator, projector, discriminator) =>
            {
                SaveState("generator", generator);
                SaveState("projector", projector);
                SaveState("discriminator", discriminator);
            },
        });
        string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
        PyTorchPeer.Run("relativistic_iteration.py", _folder, Text(spec.Loss.GradientPenalty), Text(spec.Optimizer.GeneratorRate), $"{iterations}", spec.SharedFakes ? "shared" : "fresh");

        for (var iteration = 1; iteration <= iterations; iteration++)
        {
            probe.Prefix = $"it{iteration}";
            trainer.Run(iteration, CancellationToken.None);
        }

        Assert.Equal(iterations, probe.Found.Keys.Count(name => name.EndsWith("G/loss", StringComparison.Ordinal)));
        probe.AssertNear(Path.Combine(_folder, "expected.safetensors"), precision, tolerance, _ => false);
    }

    private static TrainingSpec Spec(Precision precision) => new()
    {
        Batch = Batch,
        TotalImages = 1000,
        Data = new DataSpec { Resolution = 64 },
        Generator = new GeneratorSpec { Kind = GeneratorKind.FastGanLite, LatentSize = 8, Width = 4 },
        Features = new FeatureSpec { Weights = FeatureSpec.RandomWeights, InputSize = 128 },
        Projection = new ProjectionSpec { Channels = 4 },
        Discriminator = new DiscriminatorSpec { WidthFactor = 1 / 16.0 },
        Loss = new LossSpec { Kind = LossKind.Relativistic, GradientPenalty = 1e-3 },
        Augmentation = new AugmentationSpec { Color = false, Translation = false, Cutout = false },
        Optimizer = new OptimizerSpec { GeneratorRate = 1e-3, DiscriminatorRate = 1e-3 },
        Schedule = new ScheduleSpec { ReportImages = 1000 },
        Execution = new ExecutionSpec { Precision = precision },
    };

    private static IEnumerable<(string Name, Tensor Tensor)> Inputs(int iteration) =>
    [
        ($"z_G_{iteration}", Draw(iteration, 1, [Batch, 8])), ($"z_D_{iteration}", Draw(iteration, 2, [Batch, 8])),
        ($"real_{iteration}", Draw(iteration, 3, [Batch, 3, 64, 64]).tanh()),
    ];

    private static Tensor Draw(int iteration, int purpose, long[] shape)
    {
        using var draws = new Generator((ulong)((10 * iteration) + purpose));
        // Of values that float32 holds exactly.
        return randn(shape, ScalarType.Float32, generator: draws).to_type(ScalarType.Float64);
    }

    private void Save(string name, IReadOnlyList<(string Name, Tensor Tensor)> tensors) => TensorFile.Write(Path.Combine(_folder, $"{name}.safetensors"), tensors);

    private void SaveState(string name, nn.Module network) =>
        Save(name, [.. StateDict.Named(network).Select(member => (member.Name, member.Tensor.is_floating_point() ? member.Tensor.detach().to_type(ScalarType.Float64) : member.Tensor))]);

    /// <summary>The latents and images that the peer gets too.</summary>
    private sealed class Given(TrainingSpec spec) : IReplicaRandomness, IRealBatches
    {
        public Tensor Latents(ReplicaMoment moment, int count) => Draw((int)moment.Iteration + 1, moment.Phase == RandomPhase.Generator ? 1 : 2, [Batch, 8]);

        public Tensor? Labels(ReplicaMoment moment, int count) => null;

        public INoiseSource? Noise(ReplicaMoment moment) => null;

        public IAugmentationDraws Augmentation(ReplicaMoment moment, ImageOrigin origin) => throw new InvalidOperationException("Augmentation is off.");

        public StyleMixture? Mixing(ReplicaMoment moment, int count, int styles) => null;

        public Tensor PathDirections(ReplicaMoment moment, long[] shape) => throw new InvalidOperationException("Path lengths are not regularised.");

        public IAugmentationDraws Crops(ReplicaMoment moment) => throw new InvalidOperationException("Nothing is decoded.");

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken) =>
            new(Inputs((int)iteration + 1).Last().Tensor.to_type(new NetworkFactory(spec).Type).DetachFromDisposeScope(), null);

        public void Dispose()
        {
        }
    }
}
