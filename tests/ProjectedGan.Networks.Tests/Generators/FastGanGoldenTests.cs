using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Tests.Golden;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Generators;

[Trait("Speed", "Slow")]
public sealed class FastGanGoldenTests
{
    [Theory]
    [GoldenCases("fastgan")]
    [GoldenGaps("fastgan")]
    public void FastGan_GoldenCase_GivesTheReferencesValues(string caseId, GoldenPrecision precision)
    {
        var run = new GoldenRun(caseId, precision);
        using var network = GoldenFastGan.Create(run);
        using var scope = NewDisposeScope();
        var latents = run.Input("input:z").requires_grad_(true);
        var labels = run.HasInput("input:c") ? run.Input("input:c") : null;
        Tensor Forward() => network.forward(latents, labels, run.Case.Args.Flag("noise") ? new GoldenNoise(run, "draw:noise") : null);

        network.eval();
        run.Compare("eval/image", Forward());
        network.train();
        SpectralNormalization.PowerIterate(network);
        var image = Forward();
        run.Compare("train/image", image);
        if (!run.Case.Args.Flag("forward_only"))
        {
            CompareGradients(run, network, latents, image);
            GoldenState.Compare(run, network);
            network.eval();
            run.Compare("eval_after/image", Forward());
        }

        run.Finish();
    }

    private static void CompareGradients(GoldenRun run, FastGan network, Tensor latents, Tensor image)
    {
        var weights = run.Input("input:w");
        var loss = (image * weights).sum();
        run.CompareWeightedSum("train/loss", loss, "train/image", weights);
        loss.backward();
        run.Compare("grad/input:z", latents.grad!);
        GoldenState.CompareParameterGradients(run, network, "grad/");
    }
}
