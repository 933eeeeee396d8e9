using ProjectedGan.Data.Ordering;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Training.Augmentation;
using ProjectedGan.Training.Iteration;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests.Iteration;

public class RelativisticLossTests
{
    [Fact]
    public void Losses_KnownLogits_AreTheFormulas()
    {
        using var scope = NewDisposeScope();
        var (generated, real) = (tensor(new[] { -3f, -0.5f, 0.25f, 2f }, [2, 2]), tensor(new[] { 1f, -1f, 0.25f, -2f }, [2, 2]));
        double[] margins = [4, -0.5, 0, -4];

        Assert.Equal(margins.Average(margin => Math.Log(1 + Math.Exp(margin))), RelativisticLoss.Generator(generated, real).item<float>(), 5);
        Assert.Equal(margins.Average(margin => Math.Log(1 + Math.Exp(-margin))), RelativisticLoss.Discriminator(generated, real).item<float>(), 5);
    }

    /// <summary>Two linear discriminators: the penalty is the mean over them of the squared norm times number and variance of the inputs.</summary>
    [Fact]
    public void Penalty_LinearDiscriminators_IsTheMeanOfTheirsInUnitsOfTheMaps()
    {
        using var scope = NewDisposeScope();
        Tensor[] maps = [randn([3, 2, 4, 4], ScalarType.Float64).requires_grad_(), randn([3, 5, 2, 2], ScalarType.Float64).requires_grad_()];
        var logits = cat([maps[0].mean([1, 2, 3]).mul(6).unsqueeze(1), maps[1].mean([1, 2, 3]).mul(2).unsqueeze(1)], 1);

        // A mean over n inputs has n slopes of 1 / n.
        Assert.Equal(((6 * 6 * 0.5) + (2 * 2 * 3)) / 2.0, GradientPenalty.Of(logits, maps, [tensor(0.5), tensor(3.0)]).item<double>(), 10);
    }

    /// <summary>Through an augmentation that libtorch can differentiate twice, the penalty is what it finds in front of it.</summary>
    [Fact]
    public void Penalty_BehindAnAugmentation_EqualsThatOfTheWhole()
    {
        using var scope = NewDisposeScope();
        using var draws = new Generator(5);
        Tensor Values(params long[] shape) => randn(shape, ScalarType.Float64, generator: draws);
        var (images, weight) = (Values(3, 3, 16, 16), Values(3 * 16 * 16, 4).requires_grad_());
        Tensor View(Tensor seen) => DiffAugment.Apply(seen, DiffAugmentPolicy.All, new KeyedDraws(new RandomKey(7)));
        Tensor Logits(Tensor seen) => seen.flatten(1).matmul(weight).tanh();
        var variance = tensor(0.5);

        var whole = images.detach().requires_grad_();
        var expected = GradientPenalty.Of(Logits(View(whole)), [whole], [variance]);
        var expectedSlope = autograd.grad([expected], [weight])[0];
        var seen = View(images).detach().requires_grad_();
        var actual = GradientPenalty.Of(Logits(seen), [seen], [variance], View);
        var slope = autograd.grad([actual], [weight])[0];

        Assert.Equal(expected.item<double>(), actual.item<double>(), 9);
        Assert.True((slope - expectedSlope).norm().item<double>() < 1e-9 * expectedSlope.norm().item<double>());
        Assert.NotEqual(GradientPenalty.Of(Logits(seen), [seen], [variance]).item<double>(), actual.item<double>(), 3);
    }

    /// <summary>What the discriminators learn from, by differences of the loss at shifted parameters.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Backward_PairsWithPenalties_EqualsFiniteDifferences(bool separable)
    {
        // The slope of leaky units jumps at zero: a small step crosses none.
        const double Step = 1e-7;
        using var scope = NewDisposeScope();
        using var draws = new Generator(5);
        using var discriminator = new MultiScaleDiscriminator(
            new MultiScaleDiscriminatorOptions { Channels = [4, 6], Resolutions = [16, 8], Count = 2, WidthFactor = 1 / 64.0, Separable = separable }, new InitialWeights(draws));
        discriminator.to(ScalarType.Float64);
        discriminator.train();
        Enumerable.Range(0, 15).ToList().ForEach(_ => SpectralNormalization.PowerIterate(discriminator));
        Tensor[] Maps() => [Values(3, 4, 16, 16), Values(3, 6, 8, 8)];
        Tensor Values(params long[] shape) => randn(shape, ScalarType.Float64, generator: draws).requires_grad_();
        var (fakes, reals) = (Maps(), Maps());

        Loss().backward();

        foreach (var (name, parameter) in discriminator.named_parameters())
        {
            var direction = randn(parameter.shape, ScalarType.Float64, generator: draws);
            var slope = (Shifted(Step) - Shifted(-Step)) / (2 * Step);
            var expected = (parameter.grad! * direction).sum().item<double>();
            Assert.True(Math.Abs(slope - expected) <= 1e-5 * Math.Max(1, Math.Abs(expected)), $"{name}: {expected} by the gradient, {slope} by differences");

            double Shifted(double step)
            {
                using var inner = NewDisposeScope();
                Shift(step);
                var loss = Loss().item<double>();
                Shift(-step);
                return loss;
            }

            void Shift(double step)
            {
                using var noGrad = no_grad();
                parameter.add_(direction, step);
            }
        }

        Tensor Loss()
        {
            var (fakeLogits, realLogits) = (discriminator.forward(fakes, null), discriminator.forward(reals, null));
            Tensor[] variances = [tensor(0.001), tensor(0.002)];
            return RelativisticLoss.Discriminator(fakeLogits, realLogits)
                + GradientPenalty.Of(fakeLogits, fakes, variances) + GradientPenalty.Of(realLogits, reals, variances);
        }
    }
}
