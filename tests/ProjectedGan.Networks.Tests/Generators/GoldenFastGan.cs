using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Testing;

namespace ProjectedGan.Networks.Tests.Generators;

/// <summary>Builds the generators of the golden manifest.</summary>
internal static class GoldenFastGan
{
    // The reference's class count where the case does not say otherwise.
    private const int DefaultClasses = 1000;

    public static FastGan Create(GoldenRun run)
    {
        var args = run.Module().Args;
        var options = new FastGanOptions
        {
            LatentSize = args.GetProperty("z_dim").GetInt32(),
            Resolution = args.GetProperty("img_resolution").GetInt32(),
            Width = args.GetProperty("ngf").GetInt32(),
            Lite = args.Flag("lite"),
            Classes = args.Flag("cond") ? args.Integer("num_classes", DefaultClasses) : 0,
        };
        return GoldenModule.Fill(new FastGan(options, InitialWeights.Zero), run.Module(), run.Precision);
    }
}
