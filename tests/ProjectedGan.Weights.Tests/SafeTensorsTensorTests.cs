using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Networks.Tests;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Weights.Tests;

public sealed class SafeTensorsTensorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_TensorsOfEveryTypeAndLayout_LoadBackEqual()
    {
        using var scope = NewDisposeScope();
        var matrix = arange(0, 12, dtype: ScalarType.Float32).reshape(3, 4);
        ScalarType[] types =
        [
            ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
            ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
        ];
        var tensors = types.Select(type => (type.ToString(), matrix.to_type(type))).ToList();
        tensors.Add(("transposed", matrix.t()));
        tensors.Add(("column", matrix.narrow(1, 2, 1)));
        tensors.Add(("expanded", ones(1).expand(4, 5)));
        tensors.Add(("number", tensor(3.5f)));
        tensors.Add(("empty", zeros(0, 3)));
        tensors.Add(("with gradient", zeros(2).requires_grad_()));
        TensorFile.Write(_folder.File("a"), tensors);
        using var read = SafeTensors.Read(_folder.File("a"));
        Assert.Equal(tensors.Select(item => item.Item1), read.Tensors.Select(item => item.Name));
        foreach (var (name, original) in tensors)
        {
            var loaded = read.Load(name);
            Assert.Equal(original.dtype, loaded.dtype);
            Assert.Equal(original.shape, loaded.shape);
            Assert.True(loaded.is_contiguous());
            Assert.False(loaded.requires_grad);
            Assert.True(original.detach().eq(loaded).all().item<bool>(), name);
        }
    }

    [Fact]
    public void Write_Complex_IsRefused()
    {
        using var tensor = zeros(2, dtype: ScalarType.ComplexFloat32);
        var error = Assert.Throws<WeightFileException>(() => TensorFile.Write(_folder.File("a"), [("a", tensor)]));
        Assert.Contains("ComplexFloat32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TypeWithoutTensors_IsRefused()
    {
        using (var source = new MemorySource(("a", WeightType.Float8E4M3, [2], [1, 2])))
        {
            SafeTensors.Write(_folder.File("a"), source);
        }
        using var read = SafeTensors.Read(_folder.File("a"));
        var error = Assert.Throws<WeightFileException>(() => read.Load("a"));
        Assert.Contains("F8_E4M3 cannot be used", error.Message, StringComparison.Ordinal);
    }
}
