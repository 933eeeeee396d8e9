namespace ProjectedGan.Networks.Generators;

/// <summary>FastGAN's channels at each resolution, as multiples of the width at 128².</summary>
internal static class FastGanWidths
{
    private static readonly Dictionary<int, double> Multiples = new()
    {
        [4] = 16, [8] = 8, [16] = 4, [32] = 2, [64] = 2, [128] = 1, [256] = 0.5, [512] = 0.25, [1024] = 0.125,
    };

    public static long Channels(int size, int width) => (long)(Multiples[size] * width);
}
