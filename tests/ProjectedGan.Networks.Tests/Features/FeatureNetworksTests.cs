using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

[Trait("Speed", "Slow")]
public sealed class FeatureNetworksTests
{
    public static TheoryData<string> Names => [.. FeatureNetworks.Names];

    [Fact]
    public void Create_UnknownName_ListsTheKnownOnes()
    {
        var error = Assert.Throws<UsageException>(() => FeatureNetworks.Create("resnet51"));

        Assert.Equal(
            "Unknown feature network 'resnet51'; use one of tf_efficientnet_lite0, tf_efficientnet_lite1, tf_efficientnet_lite2, tf_efficientnet_lite3, "
            + "tf_efficientnet_lite4, mobilenet_v2, resnet18, resnet50, clip_resnet50, vit_base_patch16_224, deit_base_distilled_patch16_224.",
            error.Message);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Network_InTrainingMode_StaysFrozen(string name)
    {
        using var network = FeatureNetworks.Create(name);

        network.train();

        Assert.Equal(name, network.Name);
        Assert.All(network.modules().Append(network), module => Assert.False(module.training));
        Assert.All(network.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Pool_OfBytes_GivesFiniteVectorsAndRandomizeIsReproducible(string name)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        var bytes = randint(0, 256, [3, 3, 20, 20], ScalarType.Byte);

        var first = PooledWithSeed(7);
        var again = PooledWithSeed(7);
        var other = PooledWithSeed(8);

        Assert.All(first, value => Assert.True(float.IsFinite(value)));
        Assert.Equal(first, again);
        Assert.NotEqual(first, other);

        float[] PooledWithSeed(ulong seed)
        {
            using var generator = new Generator(seed);
            using var network = FeatureNetworks.Create(name);
            network.Randomize(generator);
            var features = new PooledFeatureNetwork(network, inputSize: 64);
            var pooled = features.Pool(bytes);
            Assert.Equal([3L, features.FeatureCount], pooled.shape);
            Assert.False(pooled.requires_grad);
            return pooled.data<float>().ToArray();
        }
    }

    [Fact]
    public void Pool_OfFloatImages_NamesTheType()
    {
        using var scope = NewDisposeScope();
        using var network = FeatureNetworks.Create("mobilenet_v2");

        var error = Assert.Throws<ArgumentException>(() => new PooledFeatureNetwork(network).Pool(zeros([1, 3, 32, 32])));

        Assert.Contains("uint8", error.Message, StringComparison.Ordinal);
    }
}
