using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Errors;

public class ErrorMappingTests
{
    [Fact]
    public void Matmul_ShapesThatDoNotFit_ThrowsWithBothShapes()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ExternalException>(() => ones(2, 3).matmul(ones(4, 5)));

        Assert.Contains("2x3", error.Message, StringComparison.Ordinal);
        Assert.Contains("4x5", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception raised from", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Conv2d_ChannelsThatDoNotFit_Throws()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ExternalException>(() => nn.functional.conv2d(ones(1, 3, 8, 8), ones(4, 5, 3, 3)));

        Assert.Contains("channels", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Matmul_DifferentTypes_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ExternalException>(() => ones(2, 2).matmul(ones(2, 2, float64)));
    }

    [Fact]
    public void Operation_DisposedTensor_Throws()
    {
        var tensor = ones(2);
        tensor.Dispose();

        Assert.Throws<InvalidOperationException>(() => tensor.add(1));
        Assert.Throws<InvalidOperationException>(() => tensor.shape);
        Assert.True(tensor.IsInvalid);
    }

    [Fact]
    public void Operation_NullTensor_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.ThrowsAny<Exception>(() => ones(2).add((Tensor)null!));
        Assert.ThrowsAny<Exception>(() => cat([ones(2), null!]));
    }

    [Fact]
    public void Operator_UnknownName_Throws()
    {
        var error = Assert.Throws<ExternalException>(() => Aten.Call("no_such_operator", 1));

        Assert.Contains("aten::no_such_operator", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operator_TooManyArguments_Throws()
    {
        using var scope = NewDisposeScope();

        var error = Assert.Throws<ExternalException>(() => Aten.Call("relu", ones(2), 1, 2));

        Assert.Contains("relu", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operator_ArgumentOfAnotherType_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ExternalException>(() => Aten.Call("relu", 3));
        Assert.Throws<ExternalException>(() => Aten.Call("transpose.int", ones(2, 2), ones(2), 1));
    }

    [Fact]
    public void Item_SeveralElementsOrAnotherType_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ArgumentException>(() => ones(2).item<float>());
        Assert.Throws<ArgumentException>(() => ones(1).item<double>());
        Assert.Throws<ArgumentException>(() => ones(1).data<long>());
    }

    [Fact]
    public void Backward_NotAScalarOrWithoutGraph_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ExternalException>(() => ones(2, requires_grad: true).mul(2).backward());
        Assert.Throws<ExternalException>(() => ones(1).backward());
    }

    [Fact]
    public void InPlace_LeafThatNeedsAGradient_Throws()
    {
        using var scope = NewDisposeScope();

        Assert.Throws<ExternalException>(() => ones(2, requires_grad: true).add_(1));
    }

    [Fact]
    public void Data_CountThatDoesNotFitTheShape_Throws()
    {
        var error = Assert.Throws<ExternalException>(() => tensor(new[] { 1f, 2f, 3f }, new long[] { 2, 2 }));

        Assert.Contains("3", error.Message, StringComparison.Ordinal);
    }
}
