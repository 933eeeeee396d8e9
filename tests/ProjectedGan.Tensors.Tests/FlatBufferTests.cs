using TorchSharp.Modules;
using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

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
    public void Alias_TwoCopies_ShareStorageAndKeepIdentity()
    {
        using var scope = NewDisposeScope();
        var first = Parameters();
        var second = Parameters();
        second[0].detach().fill_(5);
        var handle = first[0].Handle;
        using var buffer = new FlatBuffer(first);
        buffer.Alias(first);
        buffer.Alias(second);

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
    public void Alias_AfterBackward_GradientsStaySeparate()
    {
        using var scope = NewDisposeScope();
        var first = Parameters();
        var second = Parameters();
        using var buffer = new FlatBuffer(first);
        buffer.Alias(first);
        buffer.Alias(second);

        (first[0].sum() * 3).backward();
        (second[0].sum() * 4).backward();

        Assert.Equal(3, first[0].grad!.max().item<double>());
        Assert.Equal(4, second[0].grad!.max().item<double>());
    }

    [Fact]
    public void Alias_OptimiserOnFlat_MovesParameters()
    {
        using var scope = NewDisposeScope();
        var parameters = Parameters();
        using var buffer = new FlatBuffer(parameters);
        buffer.Alias(parameters);
        using var gradients = buffer.Over(zeros_like(buffer.Flat));
        using var adam = new FusedAdam([buffer.Flat], new AdamOptions { LearningRate = 0.1 });
        var before = parameters[0].detach().clone();
        parameters[0].sum().backward();

        gradients.Views[0].copy_(parameters[0].grad!);
        adam.Step([gradients.Flat]);

        // The first step of Adam moves by the learning rate.
        Assert.True(MaxDifference(before - parameters[0].detach(), full_like(before, 0.1)) < 1e-7);
    }

    [Fact]
    public void ChannelsLastParameter_Aliased_KeepsMemoryOrderAndValues()
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(ChannelsLast.To(Normal(1, [4, 3, 2, 2])));
        var before = Bytes.Hash(weight);
        using var buffer = new FlatBuffer([weight]);
        buffer.Alias([weight]);

        Assert.True(ChannelsLast.Is(weight));
        Assert.Equal(before, Bytes.Hash(weight));
        Assert.True(ChannelsLast.Is(FlatBuffer.Split(buffer.Flat, [weight]).Single()));
    }

    [Fact]
    public void Alias_OtherMemoryOrder_TakesTheBuffers()
    {
        using var scope = NewDisposeScope();
        var first = new Parameter(ChannelsLast.To(Normal(1, [4, 3, 2, 2])));
        var second = new Parameter(Normal(2, [4, 3, 2, 2]));
        using var buffer = new FlatBuffer([first]);

        buffer.Alias([second]);

        Assert.Equal(Bytes.Hash(first), Bytes.Hash(second));
        Assert.True(ChannelsLast.Is(second));
    }

    [Fact]
    public void Alias_OtherShape_NamesMember()
    {
        using var scope = NewDisposeScope();
        using var buffer = new FlatBuffer([Normal(1, [2, 3]), Normal(2, [4])]);
        Parameter[] wrong = [new(Normal(1, [2, 3])), new(Normal(2, [2, 2]))];

        var exception = Assert.Throws<ArgumentException>(() => buffer.Alias(wrong));

        Assert.Contains("member 1", exception.Message);
        Assert.Contains("[2, 2]", exception.Message);
    }

    [Fact]
    public void Constructor_MixedDtypes_NamesTensor()
    {
        using var scope = NewDisposeScope();

        var exception = Assert.Throws<ArgumentException>(() => new FlatBuffer([Normal(1, [2]), Normal(2, [2], ScalarType.Float32)]));

        Assert.Contains("tensor 1 is Float32", exception.Message);
    }

    [Fact]
    public void Constructor_NoTensors_Refused() => Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => new FlatBuffer([])).Message);

    private static Parameter[] Parameters() => [new(Normal(1, [2, 3])), new(Normal(2, [5]))];
}
