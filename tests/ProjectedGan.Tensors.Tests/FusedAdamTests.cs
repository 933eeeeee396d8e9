using ProjectedGan.Foundation;
using static ProjectedGan.Tensors.Tests.TestSetup;
using static TorchSharp.torch;

namespace ProjectedGan.Tensors.Tests;

public class FusedAdamTests
{
    [Theory]
    [InlineData(0, 1e-8, ScalarType.Float64, 1e-14)]
    [InlineData(0.5, 1e-8, ScalarType.Float64, 1e-14)]
    [InlineData(0.9, 1e-3, ScalarType.Float64, 1e-14)]
    [InlineData(0, 1e-8, ScalarType.Float32, 1e-6)]
    [InlineData(0.9, 1e-8, ScalarType.Float32, 1e-6)]
    public void Step_SeveralSteps_FollowsDefinition(double beta1, double epsilon, ScalarType dtype, double tolerance)
    {
        using var scope = NewDisposeScope();
        var options = new AdamOptions { LearningRate = 0.02, Beta1 = beta1, Epsilon = epsilon };
        Tensor[] parameters = [Normal(1, [5, 7], dtype), Normal(2, [33], dtype), Normal(3, [], dtype)];
        var references = parameters.Select(parameter => new ReferenceAdam(parameter, options)).ToArray();
        using var adam = new FusedAdam(parameters, options);

        for (var step = 1; step <= 5; step++)
        {
            var gradients = parameters.Select((parameter, i) => Normal((ulong)(step * 10 + i), parameter.shape, dtype)).ToArray();
            adam.Step(gradients);
            for (var i = 0; i < parameters.Length; i++)
            {
                references[i].Step(gradients[i]);
                Assert.True(MaxDifference(parameters[i].to(ScalarType.Float64), references[i].Parameter) <= tolerance);
                Assert.True(MaxDifference(adam.FirstMoments[i].to(ScalarType.Float64), references[i].FirstMoment) <= tolerance);
                Assert.True(MaxDifference(adam.SecondMoments[i].to(ScalarType.Float64), references[i].SecondMoment) <= tolerance);
            }
        }

        Assert.Equal(5, adam.StepCount);
    }

    [Fact]
    public void Step_StateCarriedOver_ContinuesBitForBit()
    {
        using var scope = NewDisposeScope();
        var straight = Normal(1, [100], ScalarType.Float32);
        var resumed = straight.clone();
        using var first = new FusedAdam([straight], new AdamOptions { Beta1 = 0.5 });
        using var before = new FusedAdam([resumed], new AdamOptions { Beta1 = 0.5 });
        for (var step = 0; step < 3; step++)
        {
            var gradient = Normal((ulong)step, [100], ScalarType.Float32);
            first.Step([gradient]);
            before.Step([gradient]);
        }

        using var after = new FusedAdam([resumed], new AdamOptions { Beta1 = 0.5 }) { StepCount = before.StepCount };
        after.FirstMoments[0].copy_(before.FirstMoments[0]);
        after.SecondMoments[0].copy_(before.SecondMoments[0]);
        var last = Normal(7, [100], ScalarType.Float32);
        first.Step([last]);
        after.Step([last]);

        Assert.Equal(Bytes.Hash(straight), Bytes.Hash(resumed));
    }

    [Fact]
    public void Step_OneAndTwoThreads_SameBits()
    {
        using var scope = NewDisposeScope();
        var hashes = new List<string>();
        foreach (var threads in new[] { 1, 2 })
        {
            TorchRuntime.SetThreads(threads);
            var parameter = Normal(1, [100_003], ScalarType.Float32);
            using var adam = new FusedAdam([parameter], new AdamOptions());
            adam.Step([Normal(2, [100_003], ScalarType.Float32)]);
            hashes.Add(Bytes.Hash(parameter));
        }

        TorchRuntime.SetThreads(1);
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public void Step_GradientOfOtherShape_NamesTensorAndShapes()
    {
        using var scope = NewDisposeScope();
        using var adam = new FusedAdam([Normal(1, [4])], new AdamOptions());

        var exception = Assert.Throws<ArgumentException>(() => adam.Step([Normal(1, [5])]));

        Assert.Contains("parameter 0", exception.Message);
        Assert.Contains("[5]", exception.Message);
        Assert.Equal(0, adam.StepCount);
    }

    [Fact]
    public void Step_GradientInOtherMemoryOrder_Refused()
    {
        using var scope = NewDisposeScope();
        using var adam = new FusedAdam([Normal(1, [6, 9])], new AdamOptions());

        Assert.Contains("strides [1, 6]", Assert.Throws<ArgumentException>(() => adam.Step([Normal(2, [9, 6]).t()])).Message);
    }

    [Theory]
    [InlineData(0, 0, 0.99, 1e-8, "learning rate")]
    [InlineData(1e-3, 1, 0.99, 1e-8, "beta1")]
    [InlineData(1e-3, 0, -0.1, 1e-8, "beta2")]
    [InlineData(1e-3, 0, 0.99, double.NaN, "epsilon")]
    public void Constructor_OptionOutOfRange_NamesIt(double rate, double beta1, double beta2, double epsilon, string name)
    {
        var options = new AdamOptions { LearningRate = rate, Beta1 = beta1, Beta2 = beta2, Epsilon = epsilon };

        Assert.Contains(name, Assert.Throws<UsageException>(() => new FusedAdam([], options)).Message);
    }

    /// <summary>The update rule in float64, operation by operation.</summary>
    private sealed class ReferenceAdam(Tensor parameter, AdamOptions options)
    {
        private int _step;

        public Tensor Parameter { get; private set; } = parameter.to(ScalarType.Float64).clone();

        public Tensor FirstMoment { get; private set; } = zeros_like(parameter.to(ScalarType.Float64));

        public Tensor SecondMoment { get; private set; } = zeros_like(parameter.to(ScalarType.Float64));

        public void Step(Tensor gradient)
        {
            _step++;
            var wide = gradient.to(ScalarType.Float64);
            FirstMoment = FirstMoment * options.Beta1 + wide * (1 - options.Beta1);
            SecondMoment = SecondMoment * options.Beta2 + wide * wide * (1 - options.Beta2);
            var denominator = SecondMoment.sqrt() / Math.Sqrt(1 - Math.Pow(options.Beta2, _step)) + options.Epsilon;
            Parameter -= FirstMoment / denominator * (options.LearningRate / (1 - Math.Pow(options.Beta1, _step)));
        }
    }
}
