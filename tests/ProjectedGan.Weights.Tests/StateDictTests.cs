using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.Sources;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ProjectedGan.Weights.Tests;

public sealed class StateDictTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Sequential _module = Build();

    public void Dispose()
    {
        _module.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Save_ThenLoad_GivesEqualTensors()
    {
        StateDict.Save(_module, _folder.File("a"), new Dictionary<string, string> { ["a"] = "b" });
        using var other = Build();
        StateDict.Load(other, _folder.File("a"));
        foreach (var ((name, saved), (_, loaded)) in StateDict.Named(_module).Zip(StateDict.Named(other)))
        {
            Assert.True(saved.eq(loaded).all().item<bool>(), name);
        }
    }

    [Fact]
    public void Named_SmallNetwork_KeepsTheModulesOrder() => Assert.Equal(
        ["conv.weight", "conv.bias", "norm.weight", "norm.bias", "norm.running_mean", "norm.running_var", "norm.num_batches_tracked"],
        StateDict.Named(_module).Select(item => item.Name));

    [Fact]
    public void Load_MissingTensor_IsNamedAndNothingIsCopied()
    {
        using var before = Value("conv.bias").clone();
        using var changed = before.add(1f);
        Write([("conv.bias", changed)], drop: ["norm.weight", "norm.bias"]);
        var error = Assert.Throws<WeightFileException>(() => StateDict.Load(_module, _folder.File("a")));
        Assert.Equal($"'{_folder.File("a")}' does not fit {_module.GetName()}: tensor 'norm.weight' [4] is missing. 1 more tensor does not fit.", error.Message);
        Assert.True(before.eq(Value("conv.bias")).all().item<bool>());
    }

    [Fact]
    public void Load_MisshapenTensor_IsNamed()
    {
        using var wrong = zeros(4, 3, 1, 1);
        Write([("conv.weight", wrong)]);
        var error = Assert.Throws<WeightFileException>(() => StateDict.Load(_module, _folder.File("a")));
        Assert.EndsWith("tensor 'conv.weight' has shape [4, 3, 1, 1], [4, 3, 3, 3] is needed.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_UnexpectedTensor_IsNamedUnlessIgnored()
    {
        using var extra = zeros(2);
        Write([("head.bias", extra)]);
        var error = Assert.Throws<WeightFileException>(() => StateDict.Load(_module, _folder.File("a")));
        Assert.EndsWith("tensor 'head.bias' [2] is unexpected.", error.Message, StringComparison.Ordinal);
        StateDict.Load(_module, _folder.File("a"), new StateDictOptions { Unexpected = UnexpectedTensors.Ignore });
        StateDict.Load(_module, _folder.File("a"), new StateDictOptions { Rename = name => name == "head.bias" ? null : name });
    }

    [Fact]
    public void Load_WithoutBatchCount_IsFine()
    {
        Write([], drop: ["norm.num_batches_tracked"]);
        StateDict.Load(_module, _folder.File("a"));
        Assert.NotEmpty(StateDict.Named(_module));
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Load_OtherFloatingPointType_Converts(ScalarType type)
    {
        using var stored = full(4, 0.1, dtype: type);
        Write([("conv.bias", stored)]);
        StateDict.Load(_module, _folder.File("a"));
        using var expected = stored.to_type(ScalarType.Float32);
        Assert.Equal(ScalarType.Float32, Value("conv.bias").dtype);
        Assert.True(expected.eq(Value("conv.bias")).all().item<bool>());
        Assert.True(Value("conv.bias").requires_grad);
    }

    [Fact]
    public void Load_IntegerForFraction_IsNamed()
    {
        using var wrong = zeros(4, dtype: ScalarType.Int64);
        Write([("conv.bias", wrong)]);
        var error = Assert.Throws<WeightFileException>(() => StateDict.Load(_module, _folder.File("a")));
        Assert.EndsWith("tensor 'conv.bias' has type I64, F32 is needed.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoTensorsForOneName_AreNamed()
    {
        Write([]);
        var options = new StateDictOptions { Rename = name => name.Replace("bias", "weight", StringComparison.Ordinal) };
        var error = Assert.Throws<WeightFileException>(() => StateDict.Load(_module, _folder.File("a"), options));
        Assert.Contains("tensors 'conv.weight' and 'conv.bias' are both for 'conv.weight'", error.Message, StringComparison.Ordinal);
    }

    private Tensor Value(string name) => StateDict.Named(_module).First(item => item.Name == name).Tensor;

    private void Write((string Name, Tensor Tensor)[] changed, params string[] drop) => TensorFile.Write(
        _folder.File("a"),
        StateDict.Named(_module).Where(item => !drop.Contains(item.Name) && changed.All(other => other.Name != item.Name)).Concat(changed));

    private static Sequential Build() => nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)));
}
