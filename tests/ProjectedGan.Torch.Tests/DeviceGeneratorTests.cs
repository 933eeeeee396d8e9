using static TorchSharp.torch;

namespace ProjectedGan.Torch.Tests;

public class DeviceGeneratorTests
{
    [Fact]
    public void Normal_SameSeed_SameBitsWhateverTheGlobalGeneratorDoes()
    {
        using var scope = NewDisposeScope();
        using var first = new DeviceGenerator(CPU, 17);
        using var second = new DeviceGenerator(CPU, 17);
        var left = zeros([1000], dtype: ScalarType.Float32);
        var right = zeros([1000], dtype: ScalarType.Float32);

        first.Normal(left);
        manual_seed(3);
        var global = randn([10], dtype: ScalarType.Float32);
        second.Normal(right);
        manual_seed(3);

        Assert.Equal(Bytes.Hash(left), Bytes.Hash(right));
        Assert.Equal(Bytes.Hash(global), Bytes.Hash(randn([10], dtype: ScalarType.Float32)));
        Assert.InRange(left.mean().item<float>(), -0.15f, 0.15f);
        Assert.InRange(left.std().item<float>(), 0.9f, 1.1f);
    }

    [Fact]
    public void Normal_SeedOfDefaultGenerator_GivesLibtorchsNumbers()
    {
        using var scope = NewDisposeScope();
        using var own = new DeviceGenerator(CPU, 5);
        var numbers = zeros([64], dtype: ScalarType.Float32);
        own.Normal(numbers);
        manual_seed(5);

        Assert.Equal(Bytes.Hash(randn([64], dtype: ScalarType.Float32)), Bytes.Hash(numbers));
    }

    [Fact]
    public void SetState_AfterDraws_RepeatsThem()
    {
        using var scope = NewDisposeScope();
        using var generator = new DeviceGenerator(CPU, 1);
        var first = zeros([100], dtype: ScalarType.Float64);
        var second = zeros([100], dtype: ScalarType.Float64);
        var state = generator.GetState();
        generator.Uniform(first, -1, 1);
        generator.SetState(state);
        generator.Uniform(second, -1, 1);

        Assert.Equal(Bytes.Hash(first), Bytes.Hash(second));
        Assert.InRange(first.min().item<double>(), -1, 0);
        Assert.InRange(first.max().item<double>(), 0, 1);
    }

    [Fact]
    public void Integers_Range_StaysInside()
    {
        using var scope = NewDisposeScope();
        using var generator = new DeviceGenerator(CPU, 1);
        var values = zeros([1000], dtype: ScalarType.Int64);

        generator.Integers(values, -3, 4);

        Assert.Equal([-3L, -2L, -1L, 0L, 1L, 2L, 3L], TensorBytes.Span<long>(values).ToArray().Distinct().Order());
    }

    [Fact]
    public void Seed_Again_RestartsTheSequence()
    {
        using var scope = NewDisposeScope();
        using var generator = new DeviceGenerator(CPU, 1);
        var first = zeros([8], dtype: ScalarType.Float32);
        var second = zeros([8], dtype: ScalarType.Float32);
        generator.Uniform(first);
        generator.Seed(1);
        generator.Uniform(second);

        Assert.Equal(Bytes.Hash(first), Bytes.Hash(second));
    }

    [Fact]
    public void Normal_Disposed_SaysSo()
    {
        using var scope = NewDisposeScope();
        var generator = new DeviceGenerator(CPU, 1);
        generator.Dispose();

        Assert.Contains("disposed", Assert.Throws<PganException>(() => generator.Normal(zeros([1], dtype: ScalarType.Float32))).Message);
    }
}
