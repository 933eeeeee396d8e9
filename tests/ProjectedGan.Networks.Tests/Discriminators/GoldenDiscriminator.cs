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

    public static MultiScaleDiscriminator Create(string key, GoldenPrecision precision)
    {
        var args = GoldenFolder.Open().Module(key).Args;
        var options = new MultiScaleDiscriminatorOptions
        {
            Channels = Integers(args.GetProperty("channels")),
            Resolutions = Integers(args.GetProperty("resolutions")),
            Count = args.GetProperty("num_discs").GetInt32(),
            Separable = GoldenFlag.Read(args, "separable"),
            Patch = GoldenFlag.Read(args, "patch"),
            Classes = GoldenFlag.Read(args, "cond") ? ReferenceClasses : 0,
        };
        return GoldenModule.Fill(new MultiScaleDiscriminator(options, InitialWeights.Zero), key, precision);
    }

    private static int[] Integers(JsonElement list) => [.. list.EnumerateArray().Select(item => item.GetInt32())];
}
