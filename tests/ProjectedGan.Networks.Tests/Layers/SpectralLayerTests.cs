using ProjectedGan.Networks.Layers;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Layers;

public sealed class SpectralLayerTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Forward_InEitherMode_LeavesTheVectorsAlone(bool training)
    {
        using var generator = new Generator(7, CPU);
        using var layer = SpectralLayer.Convolution(new ConvolutionShape(3, 5, 3), new InitialWeights(generator));
        using var scope = NewDisposeScope();
        layer.train(training);
        var before = Buffers(layer).Select(buffer => buffer.clone()).ToArray();

        layer.forward(randn([1, 3, 8, 8], generator: generator));

        Assert.All(Buffers(layer).Zip(before), pair => Assert.True(pair.First.eq(pair.Second).all().item<bool>()));
    }

    [Fact]
    public void PowerIterate_Often_BringsTheLargestSingularValueToOne()
    {
        using var generator = new Generator(7, CPU);
        using var layer = SpectralLayer.Linear(6, 4, new InitialWeights(generator));
        using var scope = NewDisposeScope();
        for (var i = 0; i < 200; i++)
        {
            layer.PowerIterate();
        }

        using var frozen = no_grad();
        var zero = layer.forward(zeros([1, 6]));
        var matrix = layer.forward(eye(6)) - zero; // [6, 4], the transposed normalised weight

        var image = matrix.mm(Buffers(layer)[0].unsqueeze(1)); // its left singular vector's image has norm 1
        Assert.Equal(1, image.pow(2).sum().item<float>(), 1e-4);
    }

    [Fact]
    public void Weights_OfFanInUniform_StayWithinTheBound()
    {
        using var generator = new Generator(7, CPU);

        var weight = new InitialWeights(generator).Weight([64, 16, 3, 3], 16 * 9);

        Assert.InRange(weight.abs().max().item<float>(), 0.99f / 12, 1f / 12);
    }

    [Fact]
    public void Weights_OfNormal_HaveTheStatedDeviation()
    {
        using var generator = new Generator(7, CPU);

        var weight = new InitialWeights(generator, WeightInitialization.Normal).Weight([64, 16, 3, 3], 16 * 9);

        Assert.Equal(0.02, Math.Sqrt(weight.pow(2).mean().item<float>()), 0.001);
    }

    private static Tensor[] Buffers(SpectralLayer layer) =>
        [.. GoldenModule.StateOf(layer).Where(item => !item.IsParameter).Select(item => item.Tensor)];
}
