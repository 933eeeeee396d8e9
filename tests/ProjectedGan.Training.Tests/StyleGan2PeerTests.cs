using System.Globalization;
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

/// <summary>
/// Whole iterations of the baseline StyleGAN2, its residual discriminator, R1, path lengths and style mixing, through the trainer's own code against
/// PyTorch's autograd: losses, gradients, updates.
/// </summary>
[Trait("Speed", "Slow")]
public sealed class StyleGan2PeerTests : IDisposable
{
    private const int Batch = 4;
    private const int Latent = 8;
    private const int Styles = 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("pgan-stylegan2").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>float32's second derivatives are computed by other formulas; the sign of Adam's first step turns where a gradient is nearly zero.</summary>
    [Theory]
    [InlineData(Precision.Float64, 3, 1e-7)]
    [InlineData(Precision.Float32, 1, 1e-2)]
    public void Run_FreshNetworks_EqualsPyTorch(Precision precision, int iterations, double tolerance)
    {
        using var scope = NewDisposeScope();
        var spec = Spec(precision);
        var probe = new IterationFigures();
        Save("inputs", [.. Enumerable.Range(1, iterations).SelectMany(Inputs)]);
        using var trainer = Trainer.Create(spec, null, new TrainerOptions
        {
            Randomness = new Given(spec),
            Batches = new Given(spec),
            Probe = probe,
            InitializeWeights = (generator, _, discriminator) =>
            {
                SaveState("generator", generator);
                SaveState("discriminator", discriminator);
            },
        });
        string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
        PyTorchPeer.Run("stylegan2_iteration.py", _folder, Text(spec.Loss.GradientPenalty), Text(spec.Loss.PathLength), $"{spec.Loss.PenaltyInterval}",
            Text(spec.Optimizer.GeneratorRate), $"{iterations}");

        for (var iteration = 1; iteration <= iterations; iteration++)
        {
            probe.Prefix = $"it{iteration}";
            trainer.Run(iteration, CancellationToken.None);
        }

        Assert.Equal(iterations, probe.Found.Keys.Count(name => name.EndsWith("G/loss", StringComparison.Ordinal)));
        // Without noise its strength has no gradient.
        probe.AssertNear(Path.Combine(_folder, "expected.safetensors"), precision, tolerance, name => name.EndsWith("noise_strength", StringComparison.Ordinal));
    }

    private static TrainingSpec Spec(Precision precision) => new()
    {
        Batch = Batch,
        TotalImages = 1000,
        Data = new DataSpec { Resolution = 64 },
        Generator = new GeneratorSpec
        {
            Kind = GeneratorKind.StyleGan2, LatentSize = Latent, Width = 4, MostChannels = 12, StyleSize = 16, StyleMixing = 0.9,
        },
        Features = new FeatureSpec { Network = FeatureNetworkKind.MobileNetV2, Weights = FeatureSpec.RandomWeights },
        Discriminator = new DiscriminatorSpec { Kind = DiscriminatorKind.StyleGan2, WidthFactor = 1 / 64.0, MostChannels = 16 },
        Loss = new LossSpec
        {
            Kind = LossKind.NonSaturating, GradientPenalty = 1e-2, PenaltyInterval = 2, PathLength = 2, PathLengthInterval = 2,
        },
        Augmentation = new AugmentationSpec { Color = false, Translation = false, Cutout = false },
        Optimizer = new OptimizerSpec { GeneratorRate = 1e-3, DiscriminatorRate = 1e-3 },
        Schedule = new ScheduleSpec { ReportImages = 1000 },
        Execution = new ExecutionSpec { Precision = precision },
    };

    private static IEnumerable<(string Name, Tensor Tensor)> Inputs(int iteration) =>
    [
        .. new[] { ("G", Batch), ("D", Batch), ("P", Batch / 2) }.SelectMany(phase => new[]
        {
            ($"z_{phase.Item1}_{iteration}", Draw(iteration, $"z{phase.Item1}", [phase.Item2, Latent])),
            ($"mix_{phase.Item1}_{iteration}", Draw(iteration, $"mix{phase.Item1}", [phase.Item2, Latent])),
            ($"from_{phase.Item1}_{iteration}", FromSecond(phase.Item2).to_type(ScalarType.Float64)),
        }),
        ($"y_{iteration}", Draw(iteration, "y", [Batch / 2, 3, 64, 64])), ($"real_{iteration}", Draw(iteration, "real", [Batch, 3, 64, 64]).tanh()),
    ];

    private static Tensor FromSecond(int count) =>
        tensor([.. Enumerable.Range(0, count * Styles).Select(place => place % Styles > place / Styles + 3)], [count, Styles, 1], dtype: ScalarType.Bool);

    private static Tensor Draw(int iteration, string purpose, long[] shape)
    {
        using var draws = new Generator((ulong)(iteration + (1000 * purpose.Sum(character => (long)character))));
        // Of values that float32 holds exactly.
        return randn(shape, ScalarType.Float32, generator: draws).to_type(ScalarType.Float64);
    }

    private void Save(string name, IReadOnlyList<(string Name, Tensor Tensor)> tensors) => TensorFile.Write(Path.Combine(_folder, $"{name}.safetensors"), tensors);

    private void SaveState(string name, nn.Module network) =>
        Save(name, [.. StateDict.Named(network).Select(member => (member.Name, member.Tensor.detach().to_type(ScalarType.Float64)))]);

    /// <summary>The latents and images that the peer gets too.</summary>
    private sealed class Given(TrainingSpec spec) : IReplicaRandomness, IRealBatches
    {
        public Tensor Latents(ReplicaMoment moment, int count) => Draw((int)moment.Iteration + 1, $"z{Letter(moment)}", [count, Latent]);

        public Tensor? Labels(ReplicaMoment moment, int count) => null;

        public INoiseSource? Noise(ReplicaMoment moment) => null;

        public StyleMixture? Mixing(ReplicaMoment moment, int count, int styles) =>
            new(Draw((int)moment.Iteration + 1, $"mix{Letter(moment)}", [count, Latent]), FromSecond(count));

        public Tensor PathDirections(ReplicaMoment moment, long[] shape) => Draw((int)moment.Iteration + 1, "y", shape);

        public IAugmentationDraws Augmentation(ReplicaMoment moment, ImageOrigin origin) => throw new InvalidOperationException("Augmentation is off.");

        public IAugmentationDraws Crops(ReplicaMoment moment) => throw new InvalidOperationException("Nothing is decoded.");

        public RealBatch Take(long iteration, int replica, CancellationToken cancellationToken) =>
            new(Inputs((int)iteration + 1).Last().Tensor.to_type(new NetworkFactory(spec).Type).DetachFromDisposeScope(), null);

        public void Dispose()
        {
        }

        private static string Letter(ReplicaMoment moment) => moment.Phase.ToString()[..1];
    }
}
