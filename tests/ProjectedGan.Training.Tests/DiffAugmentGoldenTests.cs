using ProjectedGan.Testing;
using ProjectedGan.Training.Augmentation;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Tests;

public class DiffAugmentGoldenTests
{
    [Theory]
    [GoldenCases("diffaug")]
    [GoldenGaps("diffaug")]
    public void Apply_FedDraws_EqualsTheReference(string id, GoldenPrecision precision)
    {
        using var scope = NewDisposeScope();
        var run = new GoldenRun(id, precision);
        var images = run.Input("input:x").requires_grad_();
        var draws = new FedDraws(run);

        var result = DiffAugment.Apply(images, DiffAugmentPolicy.Parse(run.Case.Args.GetProperty("policy").GetString()!), draws);
        var loss = (result * run.Input("input:w")).sum();
        loss.backward();

        run.Compare("out", result);
        run.Compare("loss", loss);
        run.Compare("grad/input:x", images.grad!);
        foreach (var name in run.OutputsUnder("draw/"))
        {
            Assert.Contains(name, draws.Given);
            run.Compare("draw/" + name, run.Input("draw:" + name));
        }
        run.Finish();
    }

    /// <summary>The case's draws, counted by kind in the order of the calls; the shapes and ranges asked for must be the reference's.</summary>
    private sealed class FedDraws(GoldenRun run) : IAugmentationDraws
    {
        private int _rands;
        private int _integers;

        public HashSet<string> Given { get; } = [];

        public Tensor Rand(long[] shape, ScalarType dtype, Device device)
        {
            Assert.Equal(run.Dtype, dtype);
            return Give($"rand{_rands++}", shape);
        }

        public Tensor RandInt(long low, long high, long[] shape, Device device)
        {
            var input = run.Case.Inputs[$"draw:randint{_integers}"];
            Assert.Equal((input.Low, input.High), (low, high));
            return Give($"randint{_integers++}", shape);
        }

        private Tensor Give(string name, long[] shape)
        {
            Assert.Equal(run.Case.Inputs["draw:" + name].Shape, shape);
            Given.Add(name);
            return run.Input("draw:" + name);
        }
    }
}
