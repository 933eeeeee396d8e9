using TorchSharp.Modules;
using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class GradientTapsTests
{
    [Fact]
    public void Backward_ChainOfLayers_CallsLastBucketFirstWithTheUntappedGradients()
    {
        using var scope = NewDisposeScope();
        var layers = Layers(6);
        Chain(layers, parameter => parameter).backward();
        var expected = layers.Select(layer => layer.grad!.clone()).ToArray();
        Array.ForEach(layers, layer => layer.grad = null);
        var calls = new List<(int Bucket, Tensor[] Gradients)>();

        Pass(new GradientTaps([layers[..2], layers[2..4], layers[4..]]), layers, (bucket, gradients) =>
            calls.Add((bucket, [.. gradients.Select(gradient => gradient!.clone().MoveToOuterDisposeScope())])));

        Assert.Equal([2, 1, 0], calls.Select(call => call.Bucket));
        Assert.Equal(expected.Select(Bytes.Hash), calls.AsEnumerable().Reverse().SelectMany(call => call.Gradients).Select(Bytes.Hash));
        Assert.All(layers, layer => Assert.Null(layer.grad));
    }

    [Fact]
    public void Backward_ParameterUsedTwice_CalledOnceWithWholeGradient()
    {
        using var scope = NewDisposeScope();
        Tensor parameter = new Parameter(ones([2], dtype: ScalarType.Float64));
        var seen = new List<double>();
        var taps = new GradientTaps([[parameter]]);

        Tensor loss;
        using (taps.Open((_, gradients) => seen.Add(gradients[0]!.max().item<double>())))
        {
            loss = GradientTaps.Of(parameter).sum() * 3 + GradientTaps.Of(parameter).sum() * 4;
        }

        loss.backward();

        Assert.Equal([7], seen);
    }

    [Fact]
    public void Backward_MemberOffTheLoss_ComesAsNull_AndBucketOffTheLoss_NotAtAll()
    {
        using var scope = NewDisposeScope();
        var layers = Layers(3);
        var seen = new List<(int, bool[])>();
        var taps = new GradientTaps([layers[..2], layers[2..]]);

        Tensor loss;
        using (taps.Open((bucket, gradients) => seen.Add((bucket, [.. gradients.Select(gradient => gradient is null)]))))
        {
            loss = GradientTaps.Of(layers[0]).sum();
        }

        loss.backward();

        var (bucket, missing) = Assert.Single(seen);
        Assert.Equal(0, bucket);
        Assert.Equal([false, true], missing);
    }

    [Fact]
    public void Backward_OfALossWithAGradientInIt_CallsOnceWithTheUntappedGradients()
    {
        using var scope = NewDisposeScope();
        var layers = Layers(4);
        Penalised(layers, parameter => parameter, () => { }).backward();
        var expected = layers.Select(layer => layer.grad!.clone()).ToArray();
        Array.ForEach(layers, layer => layer.grad = null);
        var calls = new List<(int Bucket, Tensor[] Gradients)>();

        Tensor loss;
        using (new GradientTaps([layers[..2], layers[2..]]).Open((bucket, gradients) =>
            calls.Add((bucket, [.. gradients.Select(gradient => gradient!.clone().MoveToOuterDisposeScope())]))))
        {
            loss = Penalised(layers, GradientTaps.Of, () => Assert.Empty(calls));
        }

        Assert.Empty(calls);
        loss.backward();

        Assert.Equal([0, 1], calls.Select(call => call.Bucket).Order());
        Assert.Equal(expected.Select(Bytes.Hash), calls.OrderBy(call => call.Bucket).SelectMany(call => call.Gradients).Select(Bytes.Hash));
        Assert.All(layers, layer => Assert.Null(layer.grad));
    }

    [Fact]
    public void Of_OutsideTaps_IsTheParameterItself()
    {
        using var scope = NewDisposeScope();
        var (known, unknown) = (Layers(1), Layers(1));

        Assert.Same(known[0], GradientTaps.Of(known[0]));
        using var taps = new GradientTaps([known]).Open((_, _) => { });
        Assert.NotSame(known[0], GradientTaps.Of(known[0]));
        Assert.Same(unknown[0], GradientTaps.Of(unknown[0]));
        Assert.Throws<InvalidOperationException>(() => new GradientTaps([unknown]).Open((_, _) => { }));
    }

    [Fact]
    public void Backward_FourThreadsSideBySide_EachGetsItsOwn()
    {
        var expected = Enumerable.Range(0, 4).Select(thread => Sum(thread, tapped: false)).ToArray();

        var found = new double[4];
        var threads = Enumerable.Range(0, 4).Select(thread => new Thread(() => found[thread] = Sum(thread, tapped: true))).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.Equal(expected, found);
    }

    [Fact]
    public void Backward_ManyPasses_KeepMemory()
    {
        using var scope = NewDisposeScope();
        Parameter[] layers = [.. Enumerable.Range(0, 4).Select(i => new Parameter(Normal((ulong)i, [512, 512], ScalarType.Float32)))];
        var taps = new GradientTaps([layers]);
        var before = 0L;
        for (var i = 0; i < 300; i++)
        {
            using var step = NewDisposeScope();
            Tensor loss;
            using (taps.Open((_, _) => { }))
            {
                loss = layers.Select(layer => GradientTaps.Of(layer).square().sum()).Aggregate((a, b) => a + b);
            }

            loss.backward();
            before = i == 100 ? TorchRuntime.ResidentBytes() : before;
        }

        // 200 passes over 4 MiB of parameters would leave 800 MiB behind if graphs stayed alive.
        Assert.True(TorchRuntime.ResidentBytes() - before < 100L << 20);
    }

    private static double Sum(int seed, bool tapped)
    {
        using var scope = NewDisposeScope();
        var layers = Layers(8, (ulong)seed * 100);
        var sum = 0.0;
        if (tapped)
        {
            Pass(new GradientTaps([.. layers.Reverse().Select(layer => new Tensor[] { layer })]), layers, (_, gradients) => sum += gradients[0]!.sum().item<double>());
        }
        else
        {
            Chain(layers, parameter => parameter).backward();
            sum = layers.Reverse().Sum(layer => layer.grad!.sum().item<double>());
        }

        return sum;
    }

    private static void Pass(GradientTaps taps, Tensor[] layers, GradientTaps.Receiver receiver)
    {
        Tensor loss;
        using (taps.Open(receiver))
        {
            loss = Chain(layers, GradientTaps.Of);
        }

        loss.backward();
    }

    private static Tensor Chain(IEnumerable<Tensor> layers, Func<Tensor, Tensor> read) =>
        layers.Aggregate(ones([3], dtype: ScalarType.Float64), (value, layer) => (value * read(layer)).tanh()).sum();

    // A chain's result and the squared norm of its slope at the input.
    private static Tensor Penalised(IEnumerable<Tensor> layers, Func<Tensor, Tensor> read, Action afterGradient)
    {
        var input = ones([3], dtype: ScalarType.Float64).requires_grad_();
        var result = layers.Aggregate(input, (value, layer) => (value * read(layer)).tanh()).sum();
        var slope = autograd.grad([result], [input], retain_graph: true, create_graph: true)[0];
        afterGradient();
        return result + slope.square().sum();
    }

    private static Tensor[] Layers(int count, ulong seed = 0) => [.. Enumerable.Range(0, count).Select(i => new Parameter(Normal(seed + (ulong)i, [3])))];
}
