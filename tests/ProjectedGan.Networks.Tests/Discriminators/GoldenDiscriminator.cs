using System.Text.Json;
using ProjectedGan.Networks.Discriminators;
using ProjectedGan.Networks.Layers;
using ProjectedGan.Testing;

namespace ProjectedGan.Networks.Tests.Discriminators;

/// <summary>Builds the discriminators of the golden manifest.</summary>
internal static class GoldenDiscriminator
{
    // The reference's embedding has this many rows whatever the data.
    private const int ReferenceClasses = 1000;

    public static MultiScaleDiscriminator Create(GoldenRun run)
    {
        var args = run.Module().Args;
        var options = new MultiScaleDiscriminatorOptions
        {
            Channels = Integers(args.GetProperty("channels")),
            Resolutions = Integers(args.GetProperty("resolutions")),
            Count = args.GetProperty("num_discs").GetInt32(),
            Separable = args.Flag("separable"),
            Patch = args.Flag("patch"),
            Classes = args.Flag("cond") ? ReferenceClasses : 0,
        };
        return GoldenModule.Fill(new MultiScaleDiscriminator(options, InitialWeights.Zero), run.Module(), run.Precision);
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];
}
