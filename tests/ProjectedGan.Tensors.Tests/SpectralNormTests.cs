using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class SpectralNormTests
{
    public static TheoryData<long[], int, ScalarType, double> Weights => new()
    {
        { [6, 5, 3, 3], 0, ScalarType.Float64, 1e-14 },
        { [6, 5, 3, 3], 0, ScalarType.Float32, 1e-6 },
        { [5, 6, 4, 4], 1, ScalarType.Float64, 1e-14 },
        { [5, 6, 4, 4], 1, ScalarType.Float32, 1e-6 },
        { [7, 3], 0, ScalarType.Float64, 1e-14 },
        { [1, 4100, 4, 4], 0, ScalarType.Float64, 1e-12 },
    };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Normalize_AnyWeight_EqualsPlainAutograd(long[] shape, int dim, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup(shape, dim, dtype);
        // A sigma near zero, as random vectors can give it, would magnify rounding.
        SpectralNorm.PowerIterate(weight, u, v, dim);
        var plain = weight.clone().requires_grad_(true);
        weight.requires_grad_(true);
        var gradient = Normal(9, shape, dtype);

        var normalized = SpectralNorm.Normalize(weight, u, v, dim);
        var expected = Plain(plain, u.clone(), v.clone(), dim);
        // The power iteration of the next phase may come before this graph's backward.
        u.fill_(0);
        v.fill_(0);
        (normalized * gradient).sum().backward();
        (expected * gradient).sum().backward();

        Assert.Equal(dtype, normalized.dtype);
        Assert.True(MaxDifference(normalized, expected) <= tolerance);
        Assert.True(MaxDifference(weight.grad!, plain.grad!) <= tolerance * 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Normalize_Backward_AgreesWithFiniteDifferences(int dim)
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup([3, 2, 2, 2], dim, ScalarType.Float64);
        var gradient = Normal(4, [3, 2, 2, 2]);
        weight.requires_grad_(true);
        (SpectralNorm.Normalize(weight, u, v, dim) * gradient).sum().backward();
        var analytic = TensorBytes.Span<double>(weight.grad!).ToArray();

        using var noGrad = no_grad();
        const double Step = 1e-6;
        var values = TensorBytes.Span<double>(weight);
        for (var i = 0; i < values.Length; i++)
        {
            var original = values[i];
            values[i] = original + Step;
            var above = (SpectralNorm.Normalize(weight, u, v, dim) * gradient).sum().item<double>();
            values[i] = original - Step;
            var below = (SpectralNorm.Normalize(weight, u, v, dim) * gradient).sum().item<double>();
            values[i] = original;
            Assert.Equal((above - below) / (2 * Step), analytic[i], 1e-7);
        }
    }

    [Theory]
    [MemberData(nameof(Weights))]
    public void PowerIterate_AnyWeight_FollowsDefinition(long[] shape, int dim, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup(shape, dim, dtype);
        var matrix = Matrix(weight, dim);
        var expectedV = Unit(matrix.t().mv(u));
        var expectedU = Unit(matrix.mv(expectedV));

        SpectralNorm.PowerIterate(weight, u, v, dim);

        Assert.True(MaxDifference(v, expectedV) <= tolerance);
        Assert.True(MaxDifference(u, expectedU) <= tolerance);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void ChannelsLastWeight_SameValuesAndVectorsInReferenceOrder(int dim)
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup([6, 5, 3, 4], dim, ScalarType.Float64);
        var (arranged, left, right) = (ChannelsLast.To(weight), u.clone(), v.clone());

        SpectralNorm.PowerIterate(weight, u, v, dim);
        SpectralNorm.PowerIterate(arranged, left, right, dim);

        Assert.True(MaxDifference(u, left) < 1e-14);
        Assert.True(MaxDifference(v, right) < 1e-14);
        var normalized = SpectralNorm.Normalize(arranged, left, right, dim);
        Assert.True(ChannelsLast.Is(normalized));
        Assert.True(MaxDifference(SpectralNorm.Normalize(weight, u, v, dim), normalized) < 1e-14);
    }

    [Fact]
    public void PowerIterate_ManyTimes_FindsLargestSingularValue()
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup([6, 4], 0, ScalarType.Float64);
        // Singular values 3, 2, 1, 0.5 in an orthogonal basis (Givens rotations keep them).
        weight.fill_(0);
        var values = TensorBytes.Span<double>(weight);
        (values[0], values[5], values[10], values[15]) = (3, 2, 1, 0.5);
        for (var i = 0; i < 60; i++)
        {
            SpectralNorm.PowerIterate(weight, u, v, 0);
        }

        var normalized = SpectralNorm.Normalize(weight, u, v, 0);

        Assert.Equal(1, normalized.abs().max().item<double>(), 1e-12);
    }

    [Fact]
    public void PowerIterate_ZeroWeight_DividesByEpsilon()
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup([3, 4], 0, ScalarType.Float32);
        weight.fill_(0);

        SpectralNorm.PowerIterate(weight, u, v, 0);

        Assert.Equal(0f, u.abs().max().item<float>());
        Assert.Equal(0f, v.abs().max().item<float>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Normalize_ManyTimes_KeepsMemory(bool runsBackward)
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup([512, 2048], 0, ScalarType.Float32);
        weight.requires_grad_(true);
        var before = 0L;
        for (var i = 0; i < 150; i++)
        {
            using var step = NewDisposeScope();
            var sum = SpectralNorm.Normalize(weight, u, v, 0).sum();
            if (runsBackward)
            {
                sum.backward();
            }

            before = i == 50 ? TorchRuntime.ResidentBytes() : before;
        }

        // 100 steps of a 4 MiB weight would leave 400 MiB behind if graphs stayed alive.
        Assert.True(TorchRuntime.ResidentBytes() - before < 50L << 20);
    }

    [Fact]
    public void Normalize_WrongLengthOfU_NamesShapes()
    {
        using var scope = NewDisposeScope();
        var (weight, u, v) = Setup([6, 5, 3, 3], 0, ScalarType.Float32);

        var exception = Assert.Throws<ArgumentException>(() => SpectralNorm.Normalize(weight, v, u, 0));

        Assert.Contains("u has shape [45]", exception.Message);
        Assert.Contains("needs [6]", exception.Message);
    }

    private static (Tensor Weight, Tensor U, Tensor V) Setup(long[] shape, int dim, ScalarType dtype)
    {
        var rows = shape[dim];
        var columns = shape.Aggregate(1L, (product, size) => product * size) / rows;
        return (Normal(1, shape, dtype), Unit(Normal(2, [rows], dtype)), Unit(Normal(3, [columns], dtype)));
    }

    private static Tensor Unit(Tensor vector) => vector / vector.mul(vector).sum().sqrt();

    private static Tensor Matrix(Tensor weight, int dim)
    {
        var order = Enumerable.Range(0, weight.shape.Length).Select(axis => (long)axis).ToList();
        order.Remove(dim);
        order.Insert(0, dim);
        return weight.permute([.. order]).reshape(weight.shape[dim], -1);
    }

    private static Tensor Plain(Tensor weight, Tensor u, Tensor v, int dim) => weight / u.dot(Matrix(weight, dim).mv(v));
}
