using ProjectedGan.Data.Ordering;
using ProjectedGan.Data.Tests;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Testing;
using ProjectedGan.Training.Augmentation;
using ProjectedGan.Weights.SafeTensorsFormat;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Augmentation;

/// <summary>The augmentation and its gradient against a script that makes the same transforms in another way of the same numbers.</summary>
[Trait("Speed", "Slow")]
public sealed class AdaptiveAugmentationPeerTests : IDisposable
{
    private const double Tolerance = 1e-9;

    private static readonly (string Groups, double Probability, long Images, long Height, long Width)[] Cases =
    [
        ("blit", 0.8, 8, 16, 16), ("blit", 1, 6, 17, 24), ("geom", 0.7, 6, 21, 21), ("geom", 1, 5, 32, 19),
        ("color", 0.7, 8, 5, 7), ("filter", 0.6, 5, 9, 30), ("noise", 0.7, 5, 8, 11), ("cutout", 0.7, 8, 15, 22),
        ("blit,geom", 0.9, 6, 13, 26), ("blit,geom,color", 0.8, 6, 24, 24),
        ("blit,geom,color,filter,noise,cutout", 0.8, 6, 23, 16), ("blit,geom,color,filter,noise,cutout", 1, 4, 2, 3),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Apply_EachGroupAndAll_EqualsThePeer()
    {
        using var scope = NewDisposeScope();
        var own = new List<(string Case, Tensor Result, Tensor Gradient)>();
        var given = new List<(string, Tensor)>();
        foreach (var (groups, probability, images, height, width) in Cases)
        {
            var name = $"{groups}@{probability}@{height}x{width}";
            using var random = new Generator((ulong)own.Count);
            var input = rand([images, 3, height, width], ScalarType.Float64, generator: random).mul(2).sub(1).requires_grad_();
            var weights = randn([images, 3, height, width], ScalarType.Float64, generator: random);
            var draws = new RecordedDraws(new KeyedDraws(RandomKey.ForRun(own.Count, RandomPurpose.Augmentation)));

            var result = AdaptiveAugmentation.Apply(input, probability, AdaptiveAugmentationOptions.Parse(groups), draws);
            (result * weights).sum().backward();

            own.Add((name, result, input.grad!));
            given.AddRange([($"{name}/images", input), ($"{name}/weights", weights)]);
            given.AddRange(draws.Given.Select((draw, i) => ($"{name}/draw{i}", draw)));
        }
        TensorFile.Write(_folder["in"], given);
        PyTorchPeer.Run("adaptive_augmentation.py", _folder["in"], _folder["out"]);

        using var peer = SafeTensors.Read(_folder["out"]);
        foreach (var (name, result, gradient) in own)
        {
            Close(peer.Load($"{name}/result"), result, $"{name}/result");
            Close(peer.Load($"{name}/gradient"), gradient, $"{name}/gradient");
        }
    }

    private static void Close(Tensor expected, Tensor actual, string name)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = (expected - actual).abs().max().item<double>();
        Assert.True(error <= Tolerance, $"{name} is off by {error:g3}.");
    }

    private sealed class RecordedDraws(IAugmentationDraws inner) : IAugmentationDraws
    {
        public List<Tensor> Given { get; } = [];

        public Tensor Rand(long[] shape, ScalarType dtype, Device device)
        {
            // Those of a row are taken to the host and dropped.
            Given.Add(inner.Rand(shape, dtype, device).DetachFromDisposeScope());
            return Given[^1].alias();
        }

        public Tensor RandInt(long low, long high, long[] shape, Device device) => throw new InvalidOperationException("Not to be drawn.");
    }
}
