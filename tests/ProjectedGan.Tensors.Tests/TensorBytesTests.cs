using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class TensorBytesTests
{
    [Fact]
    public void Span_Written_ChangesTensor()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([3], dtype: ScalarType.Float32);

        TensorBytes.Span<float>(tensor)[1] = 6;

        Assert.Equal(6f, tensor.sum().item<float>());
        Assert.Equal(12, TensorBytes.Span(tensor).Length);
    }

    [Fact]
    public void Span_WrongElementSize_Refused()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([3], dtype: ScalarType.Float32);

        Assert.Throws<ArgumentException>(() => TensorBytes.Span<double>(tensor).Length);
    }

    [Fact]
    public void Span_Transposed_NamesStrides()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([3, 2], dtype: ScalarType.Float32).t();

        Assert.Contains("strides [1, 2]", Assert.Throws<ArgumentException>(() => TensorBytes.Span(tensor).Length).Message);
    }

    [Fact]
    public void Hash_KnownBytes_IsTheirSha256()
    {
        using var scope = NewDisposeScope();
        var tensor = zeros([3], dtype: ScalarType.Byte);
        "abc"u8.CopyTo(TensorBytes.Span(tensor));

        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Bytes.Hash(tensor));
    }

    [Fact]
    public void Hash_OtherMemoryOrder_IsTheSame()
    {
        using var scope = NewDisposeScope();
        var tensor = Normal(1, [3, 4]);

        Assert.Equal(Bytes.Hash(tensor), Bytes.Hash(tensor.t().contiguous().t()));
    }
}
