using TorchSharp.Modules;
using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class AutocastTests
{
    [Fact]
    public void BFloat16_Convolution_ComputesInBFloat16AndIsRestored()
    {
        using var scope = NewDisposeScope();
        var images = ChannelsLast.To(Normal(1, [1, 3, 8, 8], ScalarType.Float32));
        var weight = new Parameter(ChannelsLast.To(Normal(2, [4, 3, 3, 3], ScalarType.Float32)));

        Tensor inside;
        using (Autocast.BFloat16(CPU))
        {
            inside = nn.functional.conv2d(images, weight);
        }

        var outside = nn.functional.conv2d(images, weight);
        inside.to(ScalarType.Float32).sum().backward();

        Assert.Equal(ScalarType.BFloat16, inside.dtype);
        Assert.Equal(ScalarType.Float32, outside.dtype);
        Assert.Equal(ScalarType.Float32, weight.grad!.dtype);
        Assert.True(MaxDifference(inside.to(ScalarType.Float32), outside) < 0.2);
    }

    [Fact]
    public void BFloat16_Nested_StaysOnUntilTheOuterScopeEnds()
    {
        using var scope = NewDisposeScope();
        var matrix = Normal(1, [4, 4], ScalarType.Float32);
        using (Autocast.BFloat16(CPU))
        {
            using (Autocast.BFloat16(CPU))
            {
            }

            Assert.Equal(ScalarType.BFloat16, matrix.mm(matrix).dtype);
        }

        Assert.Equal(ScalarType.Float32, matrix.mm(matrix).dtype);
    }

    [Fact]
    public void BFloat16_SpectralNorm_KeepsFullPrecision()
    {
        using var scope = NewDisposeScope();
        // Its matrix products are among those that autocast lowers.
        var weight = Normal(1, [5, 6, 4, 4], ScalarType.Float32).requires_grad_(true);
        var u = Normal(2, [6], ScalarType.Float32);
        var v = Normal(3, [80], ScalarType.Float32);
        var expected = SpectralNorm.Normalize(weight, u, v, 1);

        using var autocast = Autocast.BFloat16(CPU);
        var normalized = SpectralNorm.Normalize(weight, u, v, 1);

        Assert.Equal(ScalarType.Float32, normalized.dtype);
        Assert.Equal(Bytes.Hash(expected), Bytes.Hash(normalized));
    }

    [Fact]
    public void Dispose_OnAnotherThread_Refused()
    {
        using var autocast = Autocast.BFloat16(CPU);
        Exception? seen = null;
        var thread = new Thread(() => seen = Record.Exception(autocast.Dispose));
        thread.Start();
        thread.Join();

        Assert.IsType<InvalidOperationException>(seen);
    }
}
