using ProjectedGan.Foundation;
using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

[Trait("Speed", "Slow")]
public class ConvolutionTests
{
    /// <summary>Every combination of the kinds that networks use; batch 8, 16×16.</summary>
    public static IEnumerable<ConvolutionCase> Grid =>
        from kernel in new[] { 1, 3, 4 }
        from stride in new[] { 1, 2 }
        from inputs in new[] { 1, 3, 8, 12, 16, 20, 24, 32, 40, 48, 64 }
        from outputs in new[] { 1, 3, 8, 12, 16, 20, 32, 64 }
        select Case(8, inputs, outputs, kernel, 16, new ConvolutionGeometry(stride, kernel / 3, kernel / 3));

    public static IEnumerable<ConvolutionCase> Special =>
        from channels in new[] { 3, 20, 24, 32, 96, 144 }
        from stride in new[] { 1, 2 }
        from side in new[] { 4, 16 }
        from convolution in new[]
        {
            Case(4, channels, channels, 3, side, new ConvolutionGeometry(stride, 1, 1, Groups: channels)),
            Case(4, channels, channels, 1, 1, new ConvolutionGeometry()),
            Case(4, channels, 2 * channels, 4, 1, new ConvolutionGeometry(Transposed: true)),
            Case(4, channels, 20, 4, side, new ConvolutionGeometry(stride, 1, 1, Transposed: true)),
            Case(4, channels, 20, 4, 4, new ConvolutionGeometry()),
        }
        select convolution;

    [Fact]
    public void Grid_OfShapesThatNetworksUse_AgreesWithFloat64() => Assert.Null(ConvolutionCheck.FirstFault(Grid.Concat(Special), Convolutions.Apply));

    [Fact]
    public void Grid_InBFloat16_AgreesWithFloat64() => Assert.Null(ConvolutionCheck.FirstFault(
        Grid.Where((_, i) => i % 7 == 0).Concat(Special.Where((_, i) => i % 5 == 0)).Select(convolution => convolution with { BFloat16 = true }), Convolutions.Apply));

    /// <summary>Kernels, strides and channels as above; depthwise; maps of an odd side and of one that the kernel fills.</summary>
    public static IEnumerable<ConvolutionCase> TwiceDifferentiated =>
    [
        .. Grid.Where((_, i) => i % 5 == 0),
        .. Special,
        Case(3, 20, 12, 4, 9, new ConvolutionGeometry(2, 1, 1)),
        Case(3, 6, 8, 3, 10, new ConvolutionGeometry(2, 1, 1)),
    ];

    [Fact]
    public void DifferentiateTwice_PenaltyOnTheInputsGradient_AgreesWithFloat64()
    {
        foreach (var convolution in TwiceDifferentiated)
        {
            using var scope = NewDisposeScope();
            var (single, twofold) = (Penalise(convolution, ScalarType.Float32), Penalise(convolution, ScalarType.Float64));
            for (var i = 0; i < single.Length; i++)
            {
                var scale = twofold[i].abs().max().item<double>();
                var error = MaxDifference(single[i].to_type(ScalarType.Float64), twofold[i]);
                Assert.True(error <= 1e-4 * scale, $"{convolution}: derivative {i} is off by {error / scale:P2}");
            }
        }
    }

    [Fact]
    public void DifferentiateTwice_OrdinaryGradients_AgreeWithFloat64() => Assert.Null(ConvolutionCheck.FirstFault(
        TwiceDifferentiated.Select(convolution => convolution with { Bias = true }), (input, weight, bias, geometry) =>
        {
            using var twice = Convolutions.DifferentiateTwice();
            return Convolutions.Apply(input, weight, bias, geometry);
        }));

    [Fact]
    public void DifferentiateTwice_Recorded_NamesTheGradientsConvolutionToo()
    {
        using var scope = NewDisposeScope();
        var (images, weight) = (Normal(1, [2, 3, 9, 8], ScalarType.Float32), Normal(2, [4, 3, 4, 4], ScalarType.Float32));

        var cases = Convolutions.Record(() =>
        {
            using var twice = Convolutions.DifferentiateTwice();
            _ = Convolutions.Apply(images, weight, null, new ConvolutionGeometry(2, 1, 1));
        });

        Assert.Equal(2, cases.Count);
        var gradient = Assert.Single(cases, convolution => convolution.Geometry.Transposed);
        Assert.Equal([2, 4, 4, 4], gradient.Input.Sizes);
        Assert.Equal((1, 0), (gradient.Geometry.ExtraRows, gradient.Geometry.ExtraColumns));
        Assert.Null(ConvolutionCheck.FirstFault(cases, Convolutions.Apply));
    }

    [Fact]
    public void FirstFault_WrongOutput_NamesTheConvolutionAndByHowMuch()
    {
        var convolution = Case(3, 5, 7, 3, 8, new ConvolutionGeometry(2, 1, 1)) with { Bias = true };

        var fault = ConvolutionCheck.FirstFault([convolution], (input, weight, bias, geometry) =>
            input.dtype == ScalarType.Float64 ? Convolutions.Apply(input, weight, bias, geometry) : Convolutions.Apply(input, weight, bias, geometry) * 1.04f);

        Assert.NotNull(fault);
        Assert.Contains("output of a 3×3 convolution 5 → 7 of 3 maps 8×8, stride 2", fault);
        Assert.Contains("4.0 %", fault);
    }

    [Fact]
    public void FirstFault_WrongWeightGradient_IsFound()
    {
        var fault = ConvolutionCheck.FirstFault([Case(6, 4, 9, 3, 8, new ConvolutionGeometry(1, 1, 1))], (input, weight, bias, geometry) =>
            Convolutions.Apply(input, weight * 2 - weight.detach(), bias, geometry));

        Assert.Contains("gradient of the weight", fault);
    }

    [Fact]
    public void Settle_WrongWithOneDnnAlone_TurnsItOffAndSaysSo()
    {
        try
        {
            var report = ConvolutionCheck.Settle([Case(2, 5, 6, 3, 8, new ConvolutionGeometry(1, 1, 1))], WrongWhen(oneDnn: true));

            Assert.False(report.OneDnn);
            Assert.False(TorchRuntime.OneDnnEnabled);
            Assert.Contains("turned off", report.ToString());
        }
        finally
        {
            TorchRuntime.OneDnnEnabled = true;
        }
    }

    [Fact]
    public void Settle_WrongEitherWay_RefusesTheMachine()
    {
        try
        {
            var error = Assert.Throws<PganException>(() => ConvolutionCheck.Settle(
                [Case(2, 5, 6, 3, 9, new ConvolutionGeometry(1, 1, 1))], (input, weight, bias, geometry) =>
                    input.dtype == ScalarType.Float64 ? Convolutions.Apply(input, weight, bias, geometry) : Convolutions.Apply(input, weight, bias, geometry) * 2f));

            Assert.Contains("This machine computes convolutions wrongly", error.Message);
        }
        finally
        {
            TorchRuntime.OneDnnEnabled = true;
        }
    }

    [Fact]
    public void Require_Wrong_SaysHowToStartWithoutOneDnn()
    {
        var error = Assert.Throws<PganException>(() =>
            ConvolutionCheck.Require([Case(2, 5, 6, 3, 10, new ConvolutionGeometry(1, 1, 1))], WrongWhen(oneDnn: true)));

        Assert.Contains("PGAN_ONEDNN=off", error.Message);
        Assert.True(TorchRuntime.OneDnnEnabled);
    }

    [Fact]
    public void Record_NestedCalls_SeesEachDistinctConvolutionOnce()
    {
        using var scope = NewDisposeScope();
        var (images, weight) = (Normal(1, [2, 3, 8, 8], ScalarType.Float32), Normal(2, [4, 3, 3, 3], ScalarType.Float32));

        var cases = Convolutions.Record(() =>
        {
            _ = Convolutions.Apply(images, weight, null, new ConvolutionGeometry(1, 1, 1));
            _ = Convolutions.Apply(images, weight, null, new ConvolutionGeometry(1, 1, 1));
            _ = Convolutions.Apply(images, weight, null, new ConvolutionGeometry(2, 1, 1));
            using var autocast = Autocast.BFloat16(CPU);
            _ = Convolutions.Apply(images, weight, null, new ConvolutionGeometry(2, 1, 1));
        });

        Assert.Equal(3, cases.Count);
        Assert.Single(cases, convolution => convolution.BFloat16);
    }

    [Fact]
    public void Apply_RowMajorInput_ComesOutChannelsLast()
    {
        using var scope = NewDisposeScope();

        var output = Convolutions.Apply(Normal(1, [2, 3, 8, 8], ScalarType.Float32), Normal(2, [4, 3, 3, 3], ScalarType.Float32), null, new ConvolutionGeometry(1, 1, 1));

        Assert.True(ChannelsLast.Is(output));
        Assert.False(output.is_contiguous());
    }

    // The gradients of |dL/dx|² with a quadratic L, at the weight, at the input, which such an L alone has it depend on, and at a factor of L's slope.
    private static Tensor[] Penalise(ConvolutionCase convolution, ScalarType type)
    {
        var input = Convolutions.Arrange(Normal(1, convolution.Input.Sizes).to_type(type)).detach().requires_grad_();
        var weight = Convolutions.Arrange(Normal(2, convolution.Weight.Sizes).to_type(type)).detach().requires_grad_();
        Tensor output;
        using (Convolutions.DifferentiateTwice())
        {
            output = Convolutions.Apply(input, weight, null, convolution.Geometry);
        }

        var slope = Normal(3, output.shape).to_type(type).requires_grad_();
        var gradient = autograd.grad([output.square().mul(slope).sum()], [input], retain_graph: true, create_graph: true)[0];
        return [.. autograd.grad([gradient.square().sum()], [weight, input, slope])];
    }

    private static ConvolutionCheck.Convolve WrongWhen(bool oneDnn) => (input, weight, bias, geometry) =>
        input.dtype != ScalarType.Float64 && TorchRuntime.OneDnnEnabled == oneDnn
            ? Convolutions.Apply(input, weight, bias, geometry) * 1.5f
            : Convolutions.Apply(input, weight, bias, geometry);

    private static ConvolutionCase Case(int samples, int inputs, int outputs, int kernel, int side, ConvolutionGeometry geometry)
    {
        var (rows, columns) = geometry.Transposed ? (inputs, outputs) : (outputs, inputs / (int)geometry.Groups);
        return new ConvolutionCase(
            new TensorShape(samples, inputs, side, side, ScalarType.Float32), new TensorShape(rows, columns, kernel, kernel, ScalarType.Float32), Bias: false, geometry, BFloat16: false);
    }
}
