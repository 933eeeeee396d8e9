using ProjectedGan.Evaluation.Extraction;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Tests.Extraction;

public sealed class ImageQuantizationTests
{
    [Theory]
    [InlineData(-2f, 0)]
    [InlineData(-1f, 0)]
    [InlineData(0f, 128)]
    [InlineData(0.999f, 255)]
    [InlineData(0.9f, 242)]
    [InlineData(-0.5f, 64)]
    [InlineData(5f, 255)]
    public void ToBytes_Value_IsTruncatedAndClamped(float value, byte expected)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected, ImageQuantization.ToBytes(tensor(new[] { value })).item<byte>());
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void ToBytes_NotFinite_Throws(float value)
    {
        using var scope = NewDisposeScope();
        Assert.Throws<EvaluationException>(() => ImageQuantization.ToBytes(tensor(new[] { 0f, value })));
    }
}
