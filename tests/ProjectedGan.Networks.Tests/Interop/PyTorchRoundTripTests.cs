using System.Text.Json;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Testing;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Tests;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Interop;

[Trait("Speed", "Slow")]
public sealed class PyTorchRoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void SafeTensors_WrittenHere_AreReadByPythonWithEqualValues()
    {
        using var scope = NewDisposeScope();
        var numbers = arange(0, 12, dtype: ScalarType.Float32).reshape(3, 4).mul(0.37f);
        (string Name, Tensor Tensor, string Type)[] tensors =
        [
            ("a.float64", numbers.to_type(ScalarType.Float64), "float64"),
            ("b/float32", numbers.t(), "float32"),
            ("float16", numbers.to_type(ScalarType.Float16), "float16"),
            ("bfloat16", numbers.to_type(ScalarType.BFloat16), "bfloat16"),
            ("int64", numbers.to_type(ScalarType.Int64), "int64"),
            ("int8", numbers.to_type(ScalarType.Int8), "int8"),
            ("uint8", numbers.to_type(ScalarType.Byte), "uint8"),
            ("bool", numbers.gt(2f), "bool"),
            ("number", tensor(1.5f), "float32"),
            ("empty", zeros(0, 2), "float32"),
        ];
        TensorFile.Write(
            _folder.File("a.safetensors"), tensors.Select(item => (item.Name, item.Tensor)), new Dictionary<string, string> { ["note"] = "ä" });
        using var json = JsonDocument.Parse(PyTorchPeer.Run("describe_safetensors.py", _folder.File("a.safetensors")));
        Assert.Equal("ä", json.RootElement.GetProperty("metadata").GetProperty("note").GetString());
        using var source = SafeTensors.Read(_folder.File("a.safetensors"));
        foreach (var (name, _, type) in tensors)
        {
            var read = json.RootElement.GetProperty("tensors").GetProperty(name);
            Assert.Equal(type, read.GetProperty("dtype").GetString());
            Assert.Equal(source.Find(name)!.Shape, read.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64()));
            Assert.Equal(source.Doubles(name), read.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()));
        }
    }

    [Theory]
    [InlineData("zip")]
    [InlineData("legacy")]
    public void StateDict_SavedByPyTorch_LoadsHereWithEqualValues(string kind)
    {
        using var original = nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)));
        using var loaded = nn.Sequential(("conv", nn.Conv2d(3, 4, 3)), ("norm", nn.BatchNorm2d(4)));
        StateDict.Save(original, _folder.File("a.safetensors"));
        PyTorchPeer.Run("save_state_dict.py", _folder.File("a.safetensors"), _folder.File("a.pth"), kind);
        StateDict.Load(loaded, _folder.File("a.pth"));
        foreach (var ((name, first), (_, second)) in StateDict.Named(original).Zip(StateDict.Named(loaded)))
        {
            Assert.True(first.eq(second).all().item<bool>(), name);
        }
    }
}
