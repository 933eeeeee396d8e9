using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class ChannelsLastTests
{
    [Fact]
    public void To_Images_ReordersMemoryAndKeepsValues()
    {
        using var scope = NewDisposeScope();
        var images = Normal(1, [2, 3, 4, 5]);

        var reordered = ChannelsLast.To(images);

        Assert.False(ChannelsLast.Is(images));
        Assert.True(ChannelsLast.Is(reordered));
        Assert.Equal([60L, 1L, 15L, 3L], reordered.stride());
        Assert.Equal(Bytes.Hash(images), Bytes.Hash(reordered));
    }

    [Fact]
    public void To_Differentiable_PassesGradient()
    {
        using var scope = NewDisposeScope();
        var images = Normal(1, [2, 3, 4, 5]).requires_grad_(true);

        (ChannelsLast.To(images) * 2).sum().backward();

        Assert.Equal(2, images.grad!.min().item<double>());
    }

    [Fact]
    public void To_Matrix_Refused()
    {
        using var scope = NewDisposeScope();

        Assert.Contains("[2, 3]", Assert.Throws<ArgumentException>(() => ChannelsLast.To(Normal(1, [2, 3]))).Message);
    }

    [Fact]
    public void Apply_Module_ReordersWeightsAndKeepsOutputs()
    {
        using var scope = NewDisposeScope();
        using var network = nn.Conv2d(3, 8, 3);
        var images = Normal(1, [1, 3, 6, 6], ScalarType.Float32);
        var before = network.call(images);
        var bias = Bytes.Hash(network.bias!);

        ChannelsLast.Apply(network);

        Assert.True(ChannelsLast.Is(network.weight));
        Assert.True(network.weight.requires_grad);
        Assert.Equal(bias, Bytes.Hash(network.bias!));
        Assert.True(MaxDifference(before, network.call(ChannelsLast.To(images))) < 1e-5);
    }
}
