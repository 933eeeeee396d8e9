using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Testing;
using ProjectedGan.Weights.SafeTensorsFormat;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

[Trait("Speed", "Slow")]
public sealed class CleanResizeTests
{
    // Two units in the last place of a float32 near 255.
    private const double Tolerance = 4e-5;

    [Theory]
    [InlineData(64, 64, 299)]
    [InlineData(256, 256, 224)]
    [InlineData(100, 37, 41)]
    [InlineData(512, 512, 299)]
    [InlineData(29, 29, 29)]
    [InlineData(29, 90, 29)]
    public void Bicubic_AnySizes_MatchesPillow(int height, int width, int side)
    {
        using var scope = NewDisposeScope();
        using Generator random = new(1);
        // Black and white alone makes the filter swing over at every edge, so that it is clipped.
        var noise = randint(0, 256, [1, 3, height, width], ScalarType.Byte, generator: random);
        var edges = randint(0, 2, [1, 3, height, width], ScalarType.Byte, generator: random).mul(255);
        var images = cat([noise, edges], 0);

        var actual = CleanResize.Bicubic(images, side);

        var expected = OfPillow(images, side);
        Assert.Equal(ScalarType.Float32, actual.dtype);
        Assert.Equal(expected.shape, actual.shape);
        Assert.InRange(actual.sub(expected).abs().max().item<float>(), 0, Tolerance);
        Assert.Equal((0f, 255f), (actual.min().item<float>(), actual.max().item<float>()));
    }

    [Fact]
    public void Bicubic_Grey_IsThreeEqualChannels()
    {
        using var scope = NewDisposeScope();
        using Generator random = new(2);
        var grey = randint(0, 256, [2, 1, 40, 40], ScalarType.Byte, generator: random);

        Assert.True(CleanResize.Bicubic(grey, 31).equal(CleanResize.Bicubic(grey.expand(-1, 3, -1, -1), 31)).all().item<bool>());
    }

    [Theory]
    [InlineData("mobilenet_v2")]
    [InlineData("inception_v3_fid")]
    [InlineData("inception_v3_nsfw")]
    public void Pool_CleanlyResized_DiffersInNameAndFeaturesUnlessTheSizeFits(string name)
    {
        using var scope = NewDisposeScope();
        using var module = WeightImport.Find(name).Create();
        using Generator random = new(3);
        module.Randomize(random);
        var own = module is FeatureNetwork features ? new PooledFeatureNetwork(features, 64) : (IPooledFeatures)module;
        CleanResizedFeatures clean = new(own);
        var side = module is FeatureNetwork ? 64 : 299;
        var fitting = randint(0, 256, [1, 3, side, side], ScalarType.Byte, generator: random);
        var larger = randint(0, 256, [1, 3, side + 21, side + 21], ScalarType.Byte, generator: random);

        Assert.Equal((name + "_clean", own.FeatureCount), (clean.Name, clean.FeatureCount));
        Assert.Equal(Values(own.Pool(fitting)), Values(clean.Pool(fitting)));
        Assert.NotEqual(Values(own.Pool(larger)), Values(clean.Pool(larger)));
        var error = Assert.Throws<ArgumentException>(() => clean.Pool(zeros([1, 3, 32, 32])));
        Assert.Contains("uint8", error.Message, StringComparison.Ordinal);
    }

    private static float[] Values(Tensor tensor) => tensor.data<float>().ToArray();

    private static Tensor OfPillow(Tensor images, int side)
    {
        var path = Path.Combine(Path.GetTempPath(), $"pgan-resize-{Guid.NewGuid():N}");
        try
        {
            TensorFile.Write(path + ".in", [("images", images)]);
            PyTorchPeer.Run("clean_resize.py", path + ".in", path + ".out", $"{side}");
            using var file = SafeTensors.Read(path + ".out");
            return file.Load("resized");
        }
        finally
        {
            File.Delete(path + ".in");
            File.Delete(path + ".out");
        }
    }
}
