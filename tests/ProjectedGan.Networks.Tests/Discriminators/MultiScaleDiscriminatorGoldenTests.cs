using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Tests.Golden;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Discriminators;

[Trait("Speed", "Slow")]
public sealed class MultiScaleDiscriminatorGoldenTests
{
    [Theory]
    [GoldenCases("multid")]
    [GoldenGaps("multid")]
    public void MultiScaleDiscriminator_GoldenCase_GivesTheReferencesValues(string caseId, GoldenPrecision precision)
    {
        var run = new GoldenRun(caseId, precision);
        using var network = GoldenDiscriminator.Create(run);
        using var scope = NewDisposeScope();
        var features = Enumerable.Range(0, network.Count).Select(i => run.Input($"input:feat{i}").requires_grad_(true)).ToArray();
        var labels = run.HasInput("input:c") ? run.Input("input:c") : null;

        network.eval();
        run.Compare("eval/logits", network.forward(features, labels));
        network.train();
        SpectralNormalization.PowerIterate(network);
        var logits = network.forward(features, labels);
        run.Compare("train/logits", logits);
        var weights = run.Input("input:w");
        var loss = (logits * weights).sum();
        run.CompareWeightedSum("train/loss", loss, "train/logits", weights);
        loss.backward();
        for (var i = 0; i < features.Length; i++)
        {
            run.Compare($"grad/input:feat{i}", features[i].grad!);
        }

        GoldenState.CompareParameterGradients(run, network, "grad/");
        GoldenState.Compare(run, network);
        network.eval();
        run.Compare("eval_after/logits", network.forward(features, labels));
        run.Finish();
    }
}
