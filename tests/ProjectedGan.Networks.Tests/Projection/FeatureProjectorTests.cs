using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Projection;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Projection;

public sealed class FeatureProjectorTests
{
    [Theory]
    [InlineData(FeatureMixing.None, true, new[] { 24, 32, 96, 320 }, 16)]
    [InlineData(FeatureMixing.CrossChannel, true, new[] { 8, 16, 32, 64 }, 16)]
    [InlineData(FeatureMixing.CrossChannel, false, new[] { 8, 8, 8, 8 }, 16)]
    [InlineData(FeatureMixing.CrossScale, true, new[] { 8, 8, 16, 32 }, 32)]
    [InlineData(FeatureMixing.CrossScale, false, new[] { 8, 8, 8, 8 }, 32)]
    public void Project_OfEachMixing_GivesTheAnnouncedShapes(FeatureMixing mixing, bool expand, int[] channels, int finest)
    {
        using var scope = NewDisposeScope();
        using var projector = Build(new FeatureProjectorOptions { Mixing = mixing, Channels = 8, Expand = expand }, seed: 1);

        var features = projector.Project(zeros([2, 3, 64, 64]));

        Assert.Equal(channels, projector.Channels);
        Assert.Equal([finest, finest / 2, finest / 4, finest / 8], projector.Resolutions(64));
        for (var stage = 0; stage < features.Length; stage++)
        {
            long side = projector.Resolutions(64)[stage];
            Assert.Equal([2, channels[stage], side, side], features[stage].shape);
        }
    }

    [Fact]
    public void Project_BackwardPass_ReachesTheImagesAndNoParameter()
    {
        using var scope = NewDisposeScope();
        using var projector = Build(new FeatureProjectorOptions { Channels = 8 }, seed: 1);
        projector.train();
        var images = rand([1, 3, 64, 64]).requires_grad_(true);

        projector.Project(images)[0].sum().backward();

        Assert.True(images.grad!.abs().sum().item<float>() > 0);
        Assert.All(projector.parameters(), parameter => Assert.True(parameter.grad is null && !parameter.requires_grad));
        Assert.All(projector.modules().Append(projector), module => Assert.False(module.training));
    }

    [Fact]
    public void Projections_OfEqualSeeds_AreEqual()
    {
        var options = new FeatureProjectorOptions { Channels = 8 };
        using var scope = NewDisposeScope();
        using var first = Build(options, seed: 3);
        using var again = Build(options, seed: 3);
        using var other = Build(options, seed: 4);

        Assert.Equal(Values(first), Values(again));
        Assert.NotEqual(Values(first), Values(other));

        static float[] Values(FeatureProjector projector) => projector.get_parameter("scratch.layer1_csm.out_conv.weight")!.data<float>().ToArray();
    }

    [Fact]
    public void Projections_KaimingUniform_StayInPyTorchsBound()
    {
        using var scope = NewDisposeScope();
        using var projector = Build(new FeatureProjectorOptions { Channels = 64 }, seed: 3);
        var bound = 1 / Math.Sqrt(320);

        var weight = projector.get_parameter("scratch.layer3_ccm.weight")!;
        var bias = projector.get_parameter("scratch.layer3_ccm.bias")!;

        Assert.InRange(weight.abs().max().item<float>(), 0.999 * bound, bound);
        Assert.InRange(weight.std().item<float>(), 0.99 * bound / Math.Sqrt(3), 1.01 * bound / Math.Sqrt(3));
        Assert.InRange(bias.abs().max().item<float>(), 0.9 * bound, bound);
    }

    [Fact]
    public void Projections_KaimingNormal_HaveHesVarianceAndNoBias()
    {
        using var scope = NewDisposeScope();
        var options = new FeatureProjectorOptions { Initialization = ProjectionInitialization.KaimingNormal };
        using var projector = Build(options, seed: 3);
        var deviation = Math.Sqrt(2.0 / 320);

        Assert.InRange(projector.get_parameter("scratch.layer3_ccm.weight")!.std().item<float>(), 0.99 * deviation, 1.01 * deviation);
        Assert.Equal(0, projector.get_parameter("scratch.layer3_ccm.bias")!.abs().max().item<float>());
    }

    [Fact]
    public void Project_CrossScaleOfOddSize_SaysWhatToDo()
    {
        using var scope = NewDisposeScope();
        using var projector = Build(new FeatureProjectorOptions { Channels = 8 }, seed: 1);

        var error = Assert.Throws<PganException>(() => projector.Project(zeros([1, 3, 100, 96])));

        Assert.StartsWith("Cross-scale mixing needs images whose sides are multiples of 32; found 100×96.", error.Message, StringComparison.Ordinal);
    }

    private static FeatureProjector Build(FeatureProjectorOptions options, ulong seed)
    {
        set_num_threads(1);
        using var generator = new Generator(seed);
        var network = FeatureNetworks.Create("mobilenet_v2");
        network.Randomize(generator);
        return new FeatureProjector(network, options, generator);
    }
}
