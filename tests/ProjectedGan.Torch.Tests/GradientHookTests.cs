using System.Runtime.InteropServices;
using TorchSharp.Modules;
using static ProjectedGan.Torch.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Torch.Tests;

public class GradientHookTests
{
    [Fact]
    public void OnReady_ChainOfLayers_CallsLastLayerFirst()
    {
        using var scope = NewDisposeScope();
        Parameter[] layers = [new(Normal(1, [3])), new(Normal(2, [3])), new(Normal(3, [3]))];
        var order = new List<int>();
        var hooks = layers.Select((layer, i) => GradientHook.OnReady(layer, _ => order.Add(i))).ToArray();

        ((layers[0] * 2).tanh() * layers[1]).tanh().mul(layers[2]).sum().backward();

        Assert.Equal([2, 1, 0], order);
        Array.ForEach(hooks, hook => hook.Dispose());
    }

    [Fact]
    public void OnReady_ParameterUsedTwice_CalledOnceWithWholeGradient()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(ones([2], dtype: ScalarType.Float64));
        var seen = new List<double>();
        using var hook = GradientHook.OnReady(parameter, ready => seen.Add(ready.grad!.max().item<double>()));

        (parameter.sum() * 3 + (parameter * 5).tanh().sum() * 0 + parameter.sum() * 4).backward();
        Assert.Equal([7], seen);

        parameter.sum().backward();
        Assert.Equal([7, 8], seen);
    }

    [Fact]
    public void OnReady_ParameterOutsideTheLoss_NotCalled()
    {
        using var scope = NewDisposeScope();
        var used = new Parameter(Normal(1, [2]));
        var unused = new Parameter(Normal(2, [2]));
        var calls = 0;
        using var hook = GradientHook.OnReady(unused, _ => calls++);

        used.sum().backward();

        Assert.Equal(0, calls);
    }

    [Fact]
    public void Dispose_ThenBackward_NotCalled()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(Normal(1, [2]));
        var calls = 0;
        var hook = GradientHook.OnReady(parameter, _ => calls++);
        parameter.sum().backward();
        hook.Dispose();
        hook.Dispose();

        parameter.sum().backward();

        Assert.Equal(1, calls);
    }

    [Fact]
    public void OnReady_AfterGarbageCollection_StillCalled()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(Normal(1, [2]));
        var calls = 0;
        using var hook = GradientHook.OnReady(parameter, _ => calls++);
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            parameter.sum().backward();
        }

        Assert.Equal(3, calls);
    }

    [Fact]
    public void OnReady_AliasedParameter_StillCalled()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(Normal(1, [2]));
        var calls = 0;
        using var hook = GradientHook.OnReady(parameter, _ => calls++);
        using var buffer = new FlatBuffer([parameter]);
        buffer.AliasParameters([parameter]);

        parameter.sum().backward();

        Assert.Equal(1, calls);
    }

    [Fact]
    public void OnReady_CallbackThrows_BackwardThrowsItsMessage()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(Normal(1, [2]));
        using (GradientHook.OnReady(parameter, _ => throw new InvalidOperationException("the peer is gone")))
        {
            var exception = Assert.Throws<ExternalException>(() => parameter.sum().backward());
            Assert.Contains("the peer is gone", exception.Message);
        }

        parameter.sum().backward();
    }

    [Fact]
    public void OnReady_DisposeInsideCallback_Refused()
    {
        using var scope = NewDisposeScope();
        var parameter = new Parameter(Normal(1, [2]));
        GradientHook? hook = null;
        hook = GradientHook.OnReady(parameter, _ => hook!.Dispose());

        Assert.Contains("after the backward pass", Assert.Throws<ExternalException>(() => parameter.sum().backward()).Message);
        hook.Dispose();
    }

    [Fact]
    public void OnReady_TensorWithoutGradient_Refused()
    {
        using var scope = NewDisposeScope();

        Assert.Contains("leaf", Assert.Throws<PganException>(() => GradientHook.OnReady(Normal(1, [2]), _ => { })).Message);
    }
}
