using TorchSharp.Modules;
using static ProjectedGan.Torch.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Torch.Tests;

public class FlatBufferTests
{
    [Fact]
    public void Constructor_SeveralTensors_ConcatenatesInOrder()
    {
        using var scope = NewDisposeScope();
        Tensor[] tensors = [Normal(1, [2, 3]), Normal(2, [4]), Normal(3, [])];
        using var buffer = new FlatBuffer(tensors);

        Assert.Equal([11L], buffer.Flat.shape);
        Assert.Equal(Bytes.Hash(tensors), Bytes.Hash(buffer.Flat));
        Assert.Equal([2L, 3L], buffer.Views[0].shape);
        Assert.Equal(Bytes.Hash(tensors[1]), Bytes.Hash(buffer.Views[1]));
    }

    [Fact]
    public void AliasParameters_TwoCopies_ShareStorageAndKeepIdentity()
    {
        using var scope = NewDisposeScope();
        var first = Parameters();
        var second = Parameters();
        second[0].detach().fill_(5);
        var handle = first[0].Handle;
        using var buffer = new FlatBuffer(first);
        buffer.AliasParameters(first);
        buffer.AliasParameters(second);

        buffer.Flat.fill_(2);

        Assert.Equal(handle, first[0].Handle);
        Assert.All(first.Concat(second), parameter =>
        {
            Assert.True(parameter.requires_grad);
            Assert.True(parameter.is_leaf);
            Assert.Equal(2, parameter.detach().min().item<double>());
            Assert.Equal(2, parameter.detach().max().item<double>());
        });
    }

    [Fact]
    public void AliasParameters_AfterBackward_GradientsStaySeparate()
    {
        using var scope = NewDisposeScope();
        var first = Parameters();
        var second = Parameters();
        using var buffer = new FlatBuffer(first);
        buffer.AliasParameters(first);
        buffer.AliasParameters(second);

        (first[0].sum() * 3).backward();
        (second[0].sum() * 4).backward();

        Assert.Equal(3, first[0].grad!.max().item<double>());
        Assert.Equal(4, second[0].grad!.max().item<double>());
    }

    [Fact]
    public void AliasParameters_OptimiserOnFlat_MovesParameters()
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        using var buffer = new FlatBuffer(parameters);
        buffer.AliasParameters(parameters);
        using var gradients = buffer.ZerosLike();
        using var adam = new ForeachAdam([buffer.Flat], new AdamOptions { LearningRate = 0.1 });
        var before = parameters[0].detach().clone();
        parameters[0].sum().backward();

        FlatBuffer.GatherGradients([.. parameters], gradients.Flat);
        adam.Step([gradients.Flat]);

        // The first step of Adam moves by the learning rate.
        Assert.True(MaxDifference(before - parameters[0].detach(), full_like(before, 0.1)) < 1e-7);
    }

    [Fact]
    public void GatherGradients_MissingGradient_BecomesZeros()
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [.. Parameters()];
        using var buffer = new FlatBuffer(parameters);
        using var gradients = buffer.ZerosLike();
        gradients.Flat.fill_(9);
        (parameters[0] * parameters[0]).sum().backward();

        FlatBuffer.GatherGradients(parameters, gradients.Flat);

        Assert.True(MaxDifference(gradients.Views[0], parameters[0].detach() * 2) < 1e-15);
        Assert.Equal(0, gradients.Views[1].abs().max().item<double>());
    }

    [Fact]
    public void ZeroGradients_AfterBackward_TakesThemAway()
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [.. Parameters()];
        (parameters[0].sum() + parameters[1].sum()).backward();

        FlatBuffer.ZeroGradients(parameters);

        Assert.All(parameters, parameter => Assert.True(parameter.grad is null));
        parameters[0].sum().backward();
        Assert.Equal(1, parameters[0].grad!.max().item<double>());
    }

    [Fact]
    public void ChannelsLastParameter_Aliased_KeepsMemoryOrderAndValues()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ChannelsLast.To(Normal(1, [4, 3, 2, 2])));
        var before = Bytes.Hash(weight);
        using var buffer = new FlatBuffer([weight]);
        using var gradients = buffer.ZerosLike();
        buffer.AliasParameters([weight]);
        (weight * weight).sum().backward();

        FlatBuffer.GatherGradients([weight], gradients.Flat);

        Assert.True(ChannelsLast.Is(weight));
        Assert.Equal(before, Bytes.Hash(weight));
        Assert.True(MaxDifference(gradients.Views[0], weight.detach() * 2) < 1e-15);
    }

    [Fact]
    public void AliasParameters_OtherMemoryOrder_TakesTheBuffers()
    {
        using var scope = NewDisposeScope();
        var first = new Parameter(ChannelsLast.To(Normal(1, [4, 3, 2, 2])));
        var second = new Parameter(Normal(2, [4, 3, 2, 2]));
        using var buffer = new FlatBuffer([first]);

        buffer.AliasParameters([second]);

        Assert.Equal(Bytes.Hash(first), Bytes.Hash(second));
        Assert.True(ChannelsLast.Is(second));
    }

    [Fact]
    public void AddInPlace_TwoBuffers_AddsElements()
    {
        using var scope = NewDisposeScope();
        var sum = Normal(1, [100_001], ScalarType.Float32);
        var addend = Normal(2, [100_001], ScalarType.Float32);
        var expected = sum + addend;

        FlatBuffer.AddInPlace(sum, addend);

        Assert.Equal(Bytes.Hash(expected), Bytes.Hash(sum));
    }

    [Fact]
    public void AddInPlace_Itself_Doubles()
    {
        using var scope = NewDisposeScope();
        var sum = ones([5], dtype: ScalarType.Float32);

        FlatBuffer.AddInPlace(sum, sum);

        Assert.Equal(2f, sum.max().item<float>());
    }

    [Fact]
    public void AliasParameters_OtherShape_NamesMember()
    {
        using var scope = NewDisposeScope();
        using var buffer = new FlatBuffer([Normal(1, [2, 3]), Normal(2, [4])]);
        Parameter[] wrong = [new(Normal(1, [2, 3])), new(Normal(2, [2, 2]))];

        var exception = Assert.Throws<PganException>(() => buffer.AliasParameters(wrong));

        Assert.Contains("member 1", exception.Message);
        Assert.Contains("[2, 2]", exception.Message);
    }

    [Fact]
    public void Constructor_MixedDtypes_NamesTensor()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<PganException>(() => new FlatBuffer([Normal(1, [2]), Normal(2, [2], ScalarType.Float32)]));

        Assert.Contains("tensor 1 is Float", exception.Message);
    }

    [Fact]
    public void Constructor_NoTensors_Refused() => Assert.Contains("empty", Assert.Throws<PganException>(() => new FlatBuffer([])).Message);

    [Fact]
    public void Alias_OneParameter_SharesTheViewsMemory()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(Normal(1, [3]));
        var view = zeros([3], dtype: ScalarType.Float64);

        FlatBuffer.Alias(parameter, view);
        view.fill_(7);

        Assert.Equal(7, parameter.detach().min().item<double>());
    }

    private static Parameter[] Parameters() => [new(Normal(1, [2, 3])), new(Normal(2, [5]))];
}
