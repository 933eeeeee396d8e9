using ProjectedGan.Data.Ordering;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using ProjectedGan.Tensors;
using ProjectedGan.Training.Augmentation;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Augmentation;

[Trait("Speed", "Slow")]
public sealed class AdaptiveAugmentationTests : IDisposable
{
    private const string All = "blit,geom,color,filter,noise,cutout";

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("geom, blit,color", "blit,geom,color")]
    [InlineData("cutout,noise,filter", "filter,noise,cutout")]
    [InlineData("none", "none")]
    [InlineData("", "none")]
    public void Parse_Groups_ReadsNames(string text, string expected) =>
        Assert.Equal(expected, AdaptiveAugmentationOptions.Parse(text).ToString());

    [Fact]
    public void Options_Default_AreThePapersChoice() =>
        Assert.Equal(AdaptiveAugmentationOptions.Parse("blit,geom,color"), new AdaptiveAugmentationOptions());

    [Theory]
    [InlineData("bgc", "unknown group 'bgc'")]
    [InlineData("blit,,geom", "unknown group ''")]
    [InlineData("2", "unknown group '2'")]
    [InlineData("blit,none", "unknown group 'none'")]
    [InlineData("color,color", "'color' twice")]
    public void Parse_BadGroups_SaysWhatIsWrong(string text, string expected)
    {
        var error = Assert.Throws<PganException>(() => AdaptiveAugmentationOptions.Parse(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{text}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, All)]
    [InlineData(1, "none")]
    public void Apply_NothingToDo_GivesTheImagesWithoutADraw(double probability, string groups)
    {
        var images = rand([2, 3, 8, 8]);
        var result = AdaptiveAugmentation.Apply(images, probability, AdaptiveAugmentationOptions.Parse(groups), new NoDraws());
        Assert.Equal(Bytes.Hash(images), Bytes.Hash(result));
        Assert.NotEqual(images.Handle, result.Handle);
    }

    [Fact]
    public void Apply_SameKey_GivesTheSameBitsAndAnotherKeyOthers()
    {
        var images = rand([4, 3, 16, 16]);
        Assert.Equal(Bytes.Hash(Augment(images, All, 0.7, 1)), Bytes.Hash(Augment(images, All, 0.7, 1)));
        Assert.NotEqual(Bytes.Hash(Augment(images, All, 0.7, 1)), Bytes.Hash(Augment(images, All, 0.7, 2)));
    }

    [Theory]
    [InlineData("blit")]
    [InlineData("blit,geom,color")]
    [InlineData(All)]
    public void Apply_SameDraws_IsAnAffineMapOfTheImages(string groups)
    {
        Tensor[] images = [Noise(1), Noise(2), Noise(3)];
        // Weights that sum to one, so that what is added to every image stays.
        double[] weights = [0.4, -1.1, 1.7];
        Tensor Mixed(Func<Tensor, Tensor> what) => images.Select((image, i) => what(image) * weights[i]).Aggregate((a, b) => a + b);
        for (var key = 0; key < 3; key++)
        {
            var ofMixed = Augment(Mixed(image => image), groups, 0.8, key);
            Assert.InRange((ofMixed - Mixed(image => Augment(image, groups, 0.8, key))).abs().max().item<double>(), 0, 1e-12);
        }
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-10)]
    [InlineData(ScalarType.Float32, 1e-4)]
    public void Backward_AllGroups_EqualsDifferences(ScalarType type, double tolerance)
    {
        var (images, direction, weights) = (Noise(1), Noise(2), Noise(3));
        // An affine map's differences are its derivatives, however long the step.
        double Weighted(Tensor changed) => (Augment(changed, All, 0.8, 5) * weights).sum().item<double>();
        var expected = (Weighted(images + direction) - Weighted(images - direction)) / 2;
        // As a generator hands images on: in the memory order of its convolutions.
        var input = ChannelsLast.To(images.to_type(type)).requires_grad_();

        (Augment(input, All, 0.8, 5) * weights.to_type(type)).sum().backward();

        var actual = (input.grad!.to_type(ScalarType.Float64) * direction).sum().item<double>();
        Assert.Equal(type, input.grad.dtype);
        Assert.InRange(Math.Abs(actual - expected), 0, tolerance * Math.Abs(expected));
    }

    [Theory]
    [InlineData("geom", 1)]
    [InlineData(All, 0.8)]
    public void Apply_Float32_IsCloseToFloat64(string groups, double probability)
    {
        var images = Noise(7);
        var narrow = Augment(ChannelsLast.To(images.to_type(ScalarType.Float32)), groups, probability, 3);
        Assert.Equal(ScalarType.Float32, narrow.dtype);
        Assert.InRange((narrow.to_type(ScalarType.Float64) - Augment(images, groups, probability, 3)).abs().max().item<double>(), 0, 1e-4);
    }

    [Fact]
    public void Apply_BlitWithoutShifts_CopiesPixelsToTheirMirroredAndTurnedPlaces()
    {
        var image = Noise(4).slice(0, 0, 1, 1).slice(3, 0, 16, 1);
        for (var mirror = 0; mirror < 2; mirror++)
        {
            for (var turns = 0; turns < 4; turns++)
            {
                double[] numbers = [0, mirror / 2.0, 0, turns / 4.0, 1, 0, 0];
                var result = AdaptiveAugmentation.Apply(image, 0.5, AdaptiveAugmentationOptions.Parse("blit"), new Given(numbers));
                // From x to y, so clockwise: against the direction of rot90.
                var expected = (mirror == 1 ? image.flip(3) : image).rot90(-turns, (2, 3));
                Assert.InRange((result - expected).abs().max().item<double>(), 0, 1e-12);
            }
        }
    }

    [Fact]
    public void Apply_BlitShift_MovesByWholePixelsAndMirrorsAtTheBorder()
    {
        var image = Noise(4).slice(0, 0, 1, 1);
        double[] numbers = [1, 0, 1, 0, 0, 0.999, 0.25];
        var result = AdaptiveAugmentation.Apply(image, 0.5, AdaptiveAugmentationOptions.Parse("blit"), new Given(numbers));
        // 24 columns: 0.12475 · 24 is 3 to the right; 16 rows: 1 up.
        var inside = result.slice(3, 3, 24, 1).slice(2, 0, 15, 1);
        Assert.InRange((inside - image.slice(3, 0, 21, 1).slice(2, 1, 16, 1)).abs().max().item<double>(), 0, 1e-12);
        Assert.InRange((result.slice(2, 15, 16, 1) - result.slice(2, 13, 14, 1)).abs().max().item<double>(), 0, 1e-12);
    }

    /// <summary>Doubling by an orthogonal filter and halving by it is no change.</summary>
    [Fact]
    public void Apply_NothingDrawn_GivesTheImages()
    {
        var images = Noise(5);
        var given = new Given([.. Enumerable.Repeat(0.999, 13)]);
        foreach (var group in All.Split(',').Except(["noise"]))
        {
            var result = AdaptiveAugmentation.Apply(images.slice(0, 0, 1, 1), 0.5, AdaptiveAugmentationOptions.Parse(group), given);
            Assert.InRange((result - images.slice(0, 0, 1, 1)).abs().max().item<double>(), 0, 1e-12);
        }
    }

    [Theory]
    [InlineData("noise", 0.3, 0.3)]
    [InlineData("cutout", 0.6, 0.6)]
    [InlineData("color", 0.2, 0.6314)] // four of 0.2 each and one, the luma flip, of 0.1
    [InlineData("filter", 0.1, 0.3439)] // four of 0.1 each
    public void Apply_Probability_IsTheShareOfImagesThatChange(string groups, double probability, double expected)
    {
        const int Images = 4000;
        var images = rand([Images, 3, 4, 4], ScalarType.Float64);
        var changed = (Augment(images, groups, probability, 8) - images).abs().amax([1, 2, 3]).gt(1e-9).sum().item<long>();
        // Four standard deviations of a share of so many.
        Assert.InRange(changed / (double)Images, expected - 0.032, expected + 0.032);
    }

    [Fact]
    public void Inverses_Geometry_HaveThePapersDistributions()
    {
        const int Images = 20_000;
        HomogeneousMatrix[] Inverses(double probability) =>
            GeometricTransforms.Inverses([Images, 3, 10, 40], probability, AugmentationGroups.Geom, Draws(9));
        var inverses = Inverses(1);
        // Only the scaling changes areas, and only the last shift moves the centre.
        var scales = inverses.Select(inverse => -0.5 * Math.Log2(Determinant(inverse))).ToArray();
        AssertNormal(scales, 0.2);
        AssertNormal([.. inverses.Select(inverse => Shift(inverse).X)], 40 / 8.0);
        AssertNormal([.. inverses.Select(inverse => Shift(inverse).Y)], 10 / 8.0);

        // An image that is not rotated keeps its axes: 1 - p of them, as the two rotations together have the probability p.
        foreach (var probability in new[] { 0.3, 0.75 })
        {
            var upright = Inverses(probability).Count(inverse => inverse[0, 1] == 0 && inverse[1, 0] == 0);
            Assert.InRange(upright / (double)Images, 1 - probability - 0.015, 1 - probability + 0.015);
        }
    }

    [Fact]
    public void Apply_Noise_IsAsStrongAsAHalfNormalNumber()
    {
        var noise = Augment(zeros([4000, 3, 8, 8], ScalarType.Float64), "noise", 1, 10);
        // The mean of squares is E[(0.1 n)²] · E[n²], and σ's own mean 0.1·√(2/π).
        Assert.InRange(noise.square().mean().item<double>(), 0.009, 0.011);
        Assert.InRange(noise.square().mean([1, 2, 3]).sqrt().mean().item<double>(), 0.077, 0.083);
        Assert.InRange(Math.Abs(noise.mean().item<double>()), 0, 0.001);
    }

    [Fact]
    public void Gains_AnyDraws_KeepTheExpectedPowerOfEachBand()
    {
        double[] power = [10 / 13.0, 1 / 13.0, 1 / 13.0, 1 / 13.0];
        for (var band = 0; band < 4; band++)
        {
            // Only this band happens, with the normal number √(-2 ln 0.1).
            double[] numbers = [.. Enumerable.Range(0, 4).SelectMany(i => new[] { i == band ? 0 : 0.9, 0.9, 0 })];
            var gains = BandGains.Gains(Assert.Single(ImageDraws.Of(new Given(numbers), 1, 12)), 0.5);
            Assert.Equal(1, gains.Zip(power, (gain, share) => gain * gain * share).Sum(), 1e-12);
            Assert.Equal(Math.Pow(2, Math.Sqrt(-2 * Math.Log(0.1))), gains[band] / gains[(band + 1) % 4], 1e-9);
        }
    }

    [Theory]
    [InlineData(0.2, 0.7, 50_000, 0.3)]
    [InlineData(0.2, 0.5, 50_000, 0.1)]
    [InlineData(0.2, 0.6, 50_000, 0.2)]
    [InlineData(0.2, double.NaN, 50_000, 0.2)]
    [InlineData(0.05, -1, 50_000, 0)]
    [InlineData(0.99, 1, 50_000, 1)]
    [InlineData(0, 1, 500_000, 1)]
    [InlineData(0.5, 1, 4, 0.500008)]
    public void Next_MeanSign_MovesTowardsTheTargetAtTheSpeed(double probability, double meanSign, long images, double expected) =>
        Assert.Equal(expected, new AdaptiveProbability().Next(probability, meanSign, images), 1e-12);

    [Fact]
    public void Next_OtherParameters_AreFollowed()
    {
        var adaptive = new AdaptiveProbability { Target = 0.3, SpeedImages = 1000 };
        Assert.Equal(0.6, adaptive.Next(0.5, 0.4, 100), 1e-12);
        Assert.Throws<InvalidOperationException>(() => (adaptive with { SpeedImages = 0 }).Next(0.5, 0.4, 100));
    }

    [Fact]
    public void Apply_BadArguments_Throws()
    {
        void Apply(long[] shape, double probability) => AdaptiveAugmentation.Apply(zeros(shape), probability, new(), new NoDraws());
        Assert.Contains("[2, 1, 8, 8]", Assert.Throws<ArgumentException>(() => Apply([2, 1, 8, 8], 0.5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Apply([2, 3, 8, 1], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Apply([2, 3, 8, 8], 1.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Apply([2, 3, 8, 8], double.NaN));
    }

    private static KeyedDraws Draws(int key) => new(RandomKey.ForRun(key, RandomPurpose.Augmentation));

    private static Tensor Augment(Tensor images, string groups, double probability, int key) =>
        AdaptiveAugmentation.Apply(images, probability, AdaptiveAugmentationOptions.Parse(groups), Draws(key));

    private static Tensor Noise(int seed)
    {
        using var random = new Generator((ulong)seed);
        return randn([5, 3, 16, 24], ScalarType.Float64, generator: random);
    }

    private static double Determinant(HomogeneousMatrix matrix) => (matrix[0, 0] * matrix[1, 1]) - (matrix[0, 1] * matrix[1, 0]);

    // The place that is taken from the centre.
    private static (double X, double Y) Shift(HomogeneousMatrix inverse)
    {
        var determinant = Determinant(inverse);
        return (((inverse[0, 1] * inverse[1, 2]) - (inverse[1, 1] * inverse[0, 2])) / determinant,
            ((inverse[1, 0] * inverse[0, 2]) - (inverse[0, 0] * inverse[1, 2])) / determinant);
    }

    private static void AssertNormal(double[] numbers, double spread)
    {
        Assert.InRange(numbers.Average() / spread, -0.03, 0.03);
        Assert.InRange(Math.Sqrt(numbers.Select(number => number * number).Average()) / spread, 0.98, 1.02);
        Assert.InRange(numbers.Count(number => Math.Abs(number) < spread) / (double)numbers.Length, 0.668, 0.698);
    }

    /// <summary>The same row for every call.</summary>
    private sealed class Given(double[] numbers) : IAugmentationDraws
    {
        public Tensor Rand(long[] shape, ScalarType dtype, Device device) => tensor(numbers[..(int)shape[1]], shape, dtype, device);

        public Tensor RandInt(long low, long high, long[] shape, Device device) => throw new InvalidOperationException("Not to be drawn.");
    }

    private sealed class NoDraws : IAugmentationDraws
    {
        public Tensor Rand(long[] shape, ScalarType dtype, Device device) => throw new InvalidOperationException("Not to be drawn.");

        public Tensor RandInt(long low, long high, long[] shape, Device device) => throw new InvalidOperationException("Not to be drawn.");
    }
}
