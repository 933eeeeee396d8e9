using ProjectedGan.Networks.Layers;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Layers;

public sealed class BatchNormalizationTests
{
    /// <summary>
    /// libtorch's own kernel is off by 6e-4 on the first shape. The others have channels that fill no vector, rows left over, one row a channel more
    /// than needed, and few pixels.
    /// </summary>
    [Theory]
    [InlineData(1, 2, 1024, 1024)]
    [InlineData(2, 20, 33, 7)]
    [InlineData(3, 7, 5, 5)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(4, 512, 2, 2)]
    public void Forward_ChannelsLastInTraining_EqualsFloat64(int images, int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (single, twofold) = (Run(ScalarType.Float32), Run(ScalarType.Float64));

        for (var i = 0; i < single.Length; i++)
        {
            var error = (single[i].to_type(ScalarType.Float64) - twofold[i]).norm().item<double>();
            Assert.True(error <= 1e-6 * Math.Max(1, twofold[i].norm().item<double>()), $"result {i} is off by {error:g3}");
        }

        // Output, gradients of input, gain and bias, running mean and variance.
        Tensor[] Run(ScalarType type)
        {
            using var generator = new Generator(4);
            var layer = new BatchNormalization(channels);
            layer.to(type);
            layer.train();
            long[] shape = [images, channels, height, width];
            var input = ChannelsLast.To((randn(shape, generator: generator) * 0.7f + 1.3f).to_type(type)).detach().requires_grad_();
            var output = layer.forward(input);
            Assert.True(ChannelsLast.Is(output));
            output.backward([randn(shape, generator: generator).to_type(type)]);
            return [output.detach(), input.grad!, .. layer.parameters().Select(parameter => parameter.grad!), .. layer.buffers().Take(2)];
        }
    }

    /// <summary>A loss of all three gradients has the derivatives of the plain formula in float64; shapes as above, without the large one.</summary>
    [Theory]
    [InlineData(2, 20, 33, 7)]
    [InlineData(3, 7, 5, 5)]
    [InlineData(2, 1, 1, 1)]
    [InlineData(4, 512, 2, 2)]
    public void Backward_OfALossThatContainsGradients_EqualsFloat64(int images, int channels, int height, int width)
    {
        using var scope = NewDisposeScope();
        var (single, twofold) = (Run(ScalarType.Float32), Run(ScalarType.Float64));

        for (var i = 0; i < single.Length; i++)
        {
            var error = (single[i].to_type(ScalarType.Float64) - twofold[i]).norm().item<double>();
            Assert.True(error <= 1e-5 * Math.Max(1, twofold[i].norm().item<double>()), $"derivative {i} is off by {error:g3} of {twofold[i].norm().item<double>():g3}");
        }

        // The derivatives at input, gradient of the output, and gain.
        Tensor[] Run(ScalarType type)
        {
            using var generator = new Generator(4);
            var layer = new BatchNormalization(channels);
            layer.to(type);
            layer.train();
            long[] shape = [images, channels, height, width];
            Tensor Draw(params long[] sizes) => randn(sizes, generator: generator).to_type(type);
            var input = ChannelsLast.To(Draw(shape) * 0.7f + 1.3f).detach().requires_grad_();
            var outer = Draw(shape).requires_grad_();
            var (gain, bias) = (layer.get_parameter("weight")!, layer.get_parameter("bias")!);
            var gradients = autograd.grad([layer.forward(input)], [input, gain, bias], [outer], retain_graph: true, create_graph: true);
            var loss = (gradients[0] * Draw(shape)).sum() + gradients[0].square().sum() + (gradients[1] * Draw(channels)).sum() + (gradients[2] * Draw(channels)).sum();
            return [.. autograd.grad([loss], [input, outer, gain])];
        }
    }

    [Fact]
    public void Forward_OfMoreThreads_GivesTheSameBits()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        var images = ChannelsLast.To(randn([4, 24, 32, 32], generator: generator));
        var threads = get_num_threads();
        try
        {
            Assert.Equal(Hash(1), Hash(2));
        }
        finally
        {
            set_num_threads(threads);
        }

        string Hash(int count)
        {
            set_num_threads(count);
            using var layer = new BatchNormalization(24);
            layer.train();
            return Bytes.Hash(layer.forward(images));
        }
    }
}
