using TorchSharp.Utils;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TorchSharp.Tests.Tensors;

public class NumericsTests
{
    [Fact]
    public void Conv2d_StridePaddingDilationGroups_EqualsLoops()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(7);
        var input = randn([2, 4, 7, 6], float64, generator: generator);
        var weight = randn([6, 2, 3, 2], float64, generator: generator);
        var bias = randn([6], float64, generator: generator);

        var output = F.conv2d(input, weight, bias, [2, 1], [1, 2], [1, 2], 2);

        Assert.Equal([2, 6, 4, 8], output.shape);
        var result = output.data<double>();
        foreach (var (n, c, h, w) in from n in Enumerable.Range(0, 2)
                                     from c in Enumerable.Range(0, 6)
                                     from h in Enumerable.Range(0, 4)
                                     from w in Enumerable.Range(0, 8)
                                     select (n, c, h, w))
        {
            double expected = bias.data<double>()[c] + ConvolvedAt(input.data<double>(), weight.data<double>(), n, c, h, w);
            Assert.Equal(expected, result[n, c, h, w], 10);
        }
    }

    [Fact]
    public void Autograd_SmallNetwork_EqualsFiniteDifferences()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var input = randn([1, 2, 5, 5], float64, generator: generator);
        var weight = randn([3, 2, 3, 3], float64, requires_grad: true, generator: generator);
        Tensor Loss(Tensor kernel) => F.leaky_relu(F.conv2d(input, kernel, padding: [1, 1]), 0.2).tanh().square().mean();

        Loss(weight).backward();

        double[] gradient = weight.grad!.data<double>().ToArray();
        double[] values = weight.detach().data<double>().ToArray();
        const double Step = 1e-6;
        for (int i = 0; i < values.Length; i += 5)
        {
            double[] up = [.. values];
            double[] down = [.. values];
            up[i] += Step;
            down[i] -= Step;
            double difference = (Loss(tensor(up, weight.shape)).item<double>() - Loss(tensor(down, weight.shape)).item<double>()) / (2 * Step);
            Assert.Equal(difference, gradient[i], 7);
        }
    }

    [Fact]
    public void Grad_UnusedInput_IsNullWhenAllowed()
    {
        using var scope = NewDisposeScope();
        var used = tensor(3f, requires_grad: true);
        var unused = tensor(4f, requires_grad: true);

        var gradients = autograd.grad([used.square()], [used, unused], allow_unused: true);

        Assert.Equal(6f, gradients[0].item<float>());
        Assert.Null(gradients[1]);
    }

    [Fact]
    public void Grad_OfAGradient_IsTheSecondDerivative()
    {
        using var scope = NewDisposeScope();
        var x = tensor(2.0, requires_grad: true);

        var first = autograd.grad([x.pow(3)], [x], create_graph: true)[0];
        var second = autograd.grad([first], [x])[0];

        Assert.Equal(12.0, first.item<double>(), 12);
        Assert.Equal(12.0, second.item<double>(), 12);
    }

    [Fact]
    public void Interpolate_BilinearAlignedCorners_KeepsCornersAndMiddles()
    {
        using var scope = NewDisposeScope();
        var image = tensor(new float[] { 0, 2, 4, 6 }, [1, 1, 2, 2]);

        var aligned = F.interpolate(image, size: [3, 3], mode: InterpolationMode.Bilinear, align_corners: true);
        var nearest = F.interpolate(image, scale_factor: [2.0, 2.0]);

        Assert.Equal([0f, 1, 2, 2, 3, 4, 4, 5, 6], aligned.data<float>().ToArray());
        Assert.Equal([0f, 0, 2, 2, 0, 0, 2, 2, 4, 4, 6, 6, 4, 4, 6, 6], nearest.data<float>().ToArray());
    }

    [Fact]
    public void Interpolate_BilinearWithoutAlignment_UsesHalfPixelCentres()
    {
        using var scope = NewDisposeScope();
        var row = tensor(new float[] { 0, 4 }, [1, 1, 1, 2]);

        var wide = F.interpolate(row, size: [1, 4], mode: InterpolationMode.Bilinear, align_corners: false);

        Assert.Equal([0f, 1, 3, 4], wide.data<float>().ToArray());
    }

    [Fact]
    public void Pad_ConstantAndReflect_FillTheBorder()
    {
        using var scope = NewDisposeScope();
        var row = tensor(new float[] { 1, 2, 3 }, [1, 1, 3]);

        Assert.Equal([9f, 1, 2, 3, 9, 9], F.pad(row, (1, 2), PaddingModes.Constant, 9).data<float>().ToArray());
        Assert.Equal([2f, 1, 2, 3, 2], F.pad(row, (1, 1), PaddingModes.Reflect).data<float>().ToArray());
        Assert.Equal([3, 3, 5], F.pad(row, 1).shape);
    }

    [Fact]
    public void Generator_SameSeed_GivesTheSameNumbersAndStateRestores()
    {
        using var scope = NewDisposeScope();
        using var first = new Generator(42);
        using var second = new Generator(42);

        Assert.True(randn([100], generator: first).Equals(randn([100], generator: second)));
        Assert.True(rand([7, 3], generator: first).Equals(rand([7, 3], generator: second)));
        Assert.True(randint(0, 1000, [50L], generator: first).Equals(randint(0, 1000, [50L], generator: second)));
        Assert.True(randperm(30, generator: first).Equals(randperm(30, generator: second)));

        var state = first.get_state();
        var once = randn([10], generator: first);
        first.set_state(state);
        Assert.True(once.Equals(randn([10], generator: first)));
        Assert.False(once.Equals(randn([10], generator: first)));
        Assert.Equal(42, first.initial_seed());
    }

    [Fact]
    public void Generator_DrawsOfOne_LeaveTheDefaultAlone()
    {
        using var scope = NewDisposeScope();
        manual_seed(5);
        var expected = randn(4);
        manual_seed(5);
        using var own = new Generator(9);
        _ = randn([1000], generator: own);

        Assert.True(expected.Equals(randn(4)));
    }

    [Fact]
    public void Indexing_SlicesIntegersAndTensors_PickTheElements()
    {
        using var scope = NewDisposeScope();
        var grid = arange(24, dtype: int64).reshape(2, 3, 4);

        Assert.Equal([20L, 21, 22, 23], grid[1, 2].data<long>().ToArray());
        Assert.Equal([1L, 5, 9], grid[0, TensorIndex.Colon, 1].data<long>().ToArray());
        Assert.Equal([3L, 7, 11, 15, 19, 23], grid[TensorIndex.Ellipsis, -1].data<long>().ToArray());
        Assert.Equal([4L, 6], grid[0, 1, TensorIndex.Slice(0, null, 2)].data<long>().ToArray());
        Assert.Equal([2, 1, 3, 4], grid[TensorIndex.Colon, TensorIndex.None].shape);
        Assert.Equal([2, 2, 4], grid[.., 1..].shape);
        Assert.Equal([12L, 13, 14, 15, 0, 1, 2, 3], grid[tensor(new long[] { 1, 0 }), tensor(new long[] { 0, 0 })].data<long>().ToArray());
    }

    [Fact]
    public void IndexAssignment_SliceAndMask_WritesIntoTheTensor()
    {
        using var scope = NewDisposeScope();
        var grid = zeros(2, 3);

        grid[0] = tensor(new float[] { 1, 2, 3 });
        grid[1, 1..] = tensor(5f);
        grid.index_put_(-1f, grid.eq(2));

        Assert.Equal([1f, -1, 3, 0, 5, 5], grid.data<float>().ToArray());
    }

    [Fact]
    public void DataAccessor_TransposedTensor_ReadsInLogicalOrder()
    {
        using var scope = NewDisposeScope();
        var turned = tensor(new float[] { 1, 2, 3, 4, 5, 6 }, [2, 3]).t();

        Assert.False(turned.is_contiguous());
        Assert.Equal([1f, 4, 2, 5, 3, 6], turned.data<float>().ToArray());
        Assert.Equal(5f, turned.data<float>()[1, 1]);
        Assert.Throws<NotImplementedException>(() => turned.bytes.Length);
    }

    [Fact]
    public void Arithmetic_OperatorsAndPromotion_FollowTorch()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, -2, 4 });

        Assert.Equal([3f, -3, 9], ((x * 2) + 1f).data<float>().ToArray());
        Assert.Equal([1f, 4, -2], (2 - x).data<float>().ToArray());
        Assert.Equal([2f, -1, 0.5f], (2 / x).data<float>().ToArray());
        Assert.Equal([-1f, 2, -4], (-x).data<float>().ToArray());
        Assert.Equal([true, false, true], (x > 0).data<bool>().ToArray());
        Assert.Equal(float32, (x + 1.0).dtype);
        Assert.Equal(float64, (x.to(float64) + x).dtype);
        Assert.Equal([0f, -1, 2], x.div(2, RoundingMode.trunc).data<float>().ToArray());
        Assert.Equal([1f, 0, 3], x.clamp(0, 3).data<float>().ToArray());
    }

    [Fact]
    public void Reductions_AlongDimensions_GiveKnownValues()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, 2, 3, 4, 5, 7 }, [2, 3]);

        Assert.Equal(22f, x.sum().item<float>());
        Assert.Equal([5f, 7, 10], x.sum(0L).data<float>().ToArray());
        Assert.Equal([2f, 16 / 3f], x.mean([1]).data<float>().ToArray());
        Assert.Equal(1f, x[0].var().item<float>());
        Assert.Equal(2 / 3f, x[0].var(false).item<float>(), 6);
        Assert.Equal([3f, 7], x.amax([1]).data<float>().ToArray());
        Assert.Equal(5L, x.argmax().item<long>());
        Assert.Equal([7f, 5], x.flatten().topk(2).values.data<float>().ToArray());
        Assert.Equal(Math.Sqrt(14), x[0].norm().item<float>(), 5);
    }

    [Fact]
    public void LinearAlgebra_SymmetricMatrix_DecomposesAndRebuilds()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(1);
        var factor = randn([5, 5], float64, generator: generator);
        var symmetric = factor.matmul(factor.t());

        var (values, vectors) = linalg.eigh(symmetric);
        var rebuilt = vectors.matmul(values.diag()).matmul(vectors.t());

        Assert.True(rebuilt.allclose(symmetric));
        Assert.True(linalg.eigvalsh(symmetric).allclose(values));
        Assert.True(linalg.svdvals(symmetric).allclose(values.flip(0)));
        Assert.True(einsum("ij,kj->ik", factor, factor).allclose(symmetric));
    }

    [Fact]
    public void Cat_HundredsOfTensors_KeepsTheirOrder()
    {
        using var scope = NewDisposeScope();
        var parts = Enumerable.Range(0, 300).Select(i => tensor(new long[] { i })).ToArray();

        var joined = cat(parts);

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), joined.data<long>().ToArray());
        Assert.Equal(300, joined.split(1).Length);
        Assert.Equal([100, 3], stack(joined.chunk(3), 1).shape);
        Assert.Equal(7f, cat([tensor(new[] { 7f })])[0].item<float>());
        Assert.Throws<ArgumentException>(() => cat(Array.Empty<Tensor>()));
    }

    [Fact]
    public void Interpolate_WrongSizesOrNeedlessAlignment_Throws()
    {
        using var scope = NewDisposeScope();
        var image = ones(1, 1, 4, 4);

        Assert.Throws<ArgumentException>(() => F.interpolate(image, size: [8]));
        Assert.Throws<ArgumentException>(() => F.interpolate(image));
        Assert.Throws<ArgumentException>(() => F.interpolate(image, size: [8, 8], align_corners: false));
    }

    [Fact]
    public void GridSample_IdentityGrid_ReturnsTheImage()
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(2);
        var image = randn([2, 3, 5, 6], generator: generator);
        var identity = tensor(new float[] { 1, 0, 0, 0, 1, 0 }, [1, 2, 3]).expand(2, 2, 3);

        var grid = F.affine_grid(identity, [2, 3, 5, 6], align_corners: false);

        Assert.True(F.grid_sample(image, grid, align_corners: false).allclose(image, atol: 1e-5));
    }

    [Fact]
    public void Conversion_TypesAndBytes_RoundTrip()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new byte[] { 0, 127, 255 });

        Assert.Equal([0f, 127, 255], x.to(float32).data<float>().ToArray());
        Assert.Equal(bfloat16, x.to(bfloat16).dtype);
        Assert.Equal([0, 127, 255], x.bytes.ToArray());
        var copy = zeros(3, uint8);
        copy.bytes = x.bytes;
        Assert.True(copy.Equals(x));
        Assert.Equal(2.5, tensor(2.5).ToDouble());
        Assert.Equal(3L, tensor(3L).item<long>());
    }

    // Stride (2, 1), padding (1, 2), dilation (1, 2), two groups of two input channels and three output channels.
    private static double ConvolvedAt(TensorAccessor<double> input, TensorAccessor<double> weight, int n, int c, int h, int w)
    {
        double sum = 0;
        foreach (var (channel, p, q) in from channel in Enumerable.Range(0, 2) from p in Enumerable.Range(0, 3) from q in Enumerable.Range(0, 2) select (channel, p, q))
        {
            int row = (h * 2) - 1 + p;
            int column = w - 2 + (q * 2);
            if (row is >= 0 and < 7 && column is >= 0 and < 6)
            {
                sum += weight[c, channel, p, q] * input[n, (c / 3 * 2) + channel, row, column];
            }
        }

        return sum;
    }
}
