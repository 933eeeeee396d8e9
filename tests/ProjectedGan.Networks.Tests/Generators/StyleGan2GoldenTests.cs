using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Generators.Styles;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.Tests.Golden;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Generators;

[Trait("Speed", "Slow")]
public sealed class StyleGan2GoldenTests
{
    [Theory]
    [GoldenCases("stylegan2")]
    [GoldenGaps("stylegan2")]
    public void StyleGan2_GoldenCase_GivesTheReferencesValues(string caseId, GoldenPrecision precision)
    {
        var run = new GoldenRun(caseId, precision);
        using var network = Create(run);
        using var scope = NewDisposeScope();
        var latents = run.Input("input:z").requires_grad_(true);
        var labels = run.HasInput("input:c") ? run.Input("input:c") : null;

        network.eval();
        var styles = network.Map(latents, labels);
        run.Compare("eval/ws", styles);
        run.Compare("eval/ws_trunc0.7", network.Map(latents, labels, new Truncation(0.7)));
        run.Compare("eval/ws_trunc0.7_cutoff4", network.Map(latents, labels, new Truncation(0.7, 4)));
        run.Compare("eval/image_const", network.Synthesize(styles, StoredNoise.Instance));
        run.Compare("eval/image_none", network.Synthesize(styles, null));
        network.Truncation = new Truncation(0.7);
        run.Compare("eval/image_const_full", network.forward(latents, labels, StoredNoise.Instance));
        network.Truncation = null;

        network.train();
        var image = network.forward(latents, labels, StoredNoise.Instance);
        run.Compare("train/w_avg_after", GoldenModule.StateOf(network).Single(item => item.Name == "mapping.w_avg").Tensor);
        run.Compare("train/image_const", image);
        var weights = run.Input("input:w");
        var loss = (image * weights).sum();
        run.CompareWeightedSum("train/loss", loss, "train/image_const", weights);
        loss.backward();
        run.Compare("grad/input:z", latents.grad!);
        GoldenState.CompareParameterGradients(run, network, "grad/");
        run.Finish();
    }

    private static StyleGan2 Create(GoldenRun run)
    {
        var args = run.Module().Args;
        var options = new StyleGan2Options
        {
            LatentSize = args.GetProperty("z_dim").GetInt32(),
            StyleSize = args.GetProperty("w_dim").GetInt32(),
            MappingLayers = args.GetProperty("mapping_kwargs").GetProperty("num_layers").GetInt32(),
            Resolution = args.GetProperty("img_resolution").GetInt32(),
            Width = args.GetProperty("channel_base").GetInt32() / 128,
            MostChannels = args.GetProperty("channel_max").GetInt32(),
            Classes = args.GetProperty("c_dim").GetInt32(),
        };
        return GoldenModule.Fill(new StyleGan2(options, InitialWeights.Zero), run.Module(), run.Precision);
    }
}
