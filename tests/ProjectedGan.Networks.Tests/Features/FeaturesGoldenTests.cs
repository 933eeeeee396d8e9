using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Projection;
using ProjectedGan.Testing;
using static TorchSharp.torch;

namespace ProjectedGan.Networks.Tests.Features;

/// <summary>The feature networks and projections against the reference: plain with every gradient, then optimised.</summary>
[Trait("Speed", "Slow")]
public sealed class FeaturesGoldenTests
{
    private const int Stages = 4;

    [Theory]
    [GoldenCases("features")]
    [GoldenGaps("features")]
    public void Projector_Plain_MatchesReference(string id, GoldenPrecision precision)
    {
        var run = new GoldenRun(id, precision);
        using var scope = NewDisposeScope();
        using var projector = Build(run);
        var withParameters = run.Case.Args.Flag("param_grads");
        foreach (var (_, parameter) in projector.named_parameters())
        {
            parameter.requires_grad_(withParameters);
        }

        Check(run, projector);
        if (withParameters)
        {
            foreach (var (name, parameter) in projector.named_parameters())
            {
                run.Compare($"grad/{name}", parameter.grad!);
            }
        }

        run.Finish();
    }

    [Theory]
    [GoldenCases("features")]
    [GoldenGaps("features")]
    public void Projector_Optimized_MatchesReference(string id, GoldenPrecision precision)
    {
        var run = new GoldenRun(id, precision);
        using var scope = NewDisposeScope();
        using var projector = Build(run);
        projector.Optimize();

        Check(run, projector);

        // Folded weights are other tensors than the parameters, which are never trained.
        run.Skip(output => output.Name.StartsWith("grad/", StringComparison.Ordinal) && output.Name != "grad/input:x");
        run.Finish();
    }

    private static void Check(GoldenRun run, FeatureProjector projector)
    {
        var images = run.Input("input:x").requires_grad_(true);
        var features = projector.Project(images);
        var loss = zeros([], run.Dtype);
        for (var stage = 0; stage < Stages; stage++)
        {
            run.Compare($"feat/{stage}", features[stage]);
            loss = loss.add(features[stage].mul(run.Input($"input:w{stage}")).sum());
        }

        loss.backward();
        run.Compare("loss", loss);
        run.Compare("grad/input:x", images.grad!);
    }

    // The reference's bare networks have the projector's names without projections: they are its type 0.
    private static FeatureProjector Build(GoldenRun run)
    {
        set_num_threads(1);
        var arguments = run.Module().Args;
        var bare = run.Module().Builder == "effnet";
        var network = FeatureNetworks.Create(bare ? arguments.GetProperty("variant").GetString()! : "tf_efficientnet_lite0");
        var options = bare
            ? new FeatureProjectorOptions { Mixing = FeatureMixing.None }
            : new FeatureProjectorOptions
            {
                Mixing = (FeatureMixing)arguments.GetProperty("proj_type").GetInt32(),
                Channels = arguments.GetProperty("cout").GetInt32(),
                Expand = arguments.Flag("expand"),
            };
        using var generator = new Generator(0);
        return GoldenModule.Fill(new FeatureProjector(network, options, generator), run.Module(), run.Precision);
    }
}
