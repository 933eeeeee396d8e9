using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Features.Inception;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

/// <summary>The FID Inception network against the reference, plain and optimised.</summary>
[Trait("Speed", "Slow")]
public sealed class InceptionGoldenTests
{
    [Theory]
    [GoldenCases("inception")]
    [GoldenGaps("inception")]
    public void Inception_Plain_MatchesReference(string id, GoldenPrecision precision) => Check(id, precision, optimized: false);

    [Theory]
    [GoldenCases("inception")]
    [GoldenGaps("inception")]
    public void Inception_Optimized_MatchesReference(string id, GoldenPrecision precision) => Check(id, precision, optimized: true);

    private static void Check(string id, GoldenPrecision precision, bool optimized)
    {
        set_num_threads(1);
        var run = new GoldenRun(id, precision);
        using var scope = NewDisposeScope();
        using var network = GoldenModule.Fill(new InceptionV3(), run.Module(), precision);
        if (optimized)
        {
            network.Optimize();
        }

        var images = Images(run);
        var features = network.Describe(images);

        run.Compare("resized", TensorFlowResize.Bilinear(images.to(run.Dtype), InceptionV3.InputSize, InceptionV3.InputSize));
        run.Compare("feat/64", features.Pooled64);
        run.Compare("feat/192", features.Pooled192);
        run.Compare("feat/768", features.Pooled768);
        run.Compare("feat/2048", features.Pooled2048);
        run.Compare("feat/logits_unbiased", features.UnbiasedLogits);
        run.Compare("feat/logits", features.Logits);
        run.Compare("probs_no_bias", nn.functional.softmax(features.UnbiasedLogits, 1));
        run.Finish();
    }

    // One image of noise, and one of blocks of 8×8 equal pixels.
    private static Tensor Images(GoldenRun run)
    {
        var noise = run.Input("input:image0");
        var size = noise.size(1);
        var index = arange(size).div(8, RoundingMode.floor).to(ScalarType.Int64);
        var blocks = run.Input("input:blocks").index_select(1, index).index_select(2, index);
        return stack([noise, blocks]);
    }
}
