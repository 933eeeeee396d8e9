namespace ProjectedGan.Networks.Discriminators;

/// <summary>The discriminators' channels at each nominal resolution.</summary>
internal static class DiscriminatorWidths
{
    /// <summary>Nominal side at which the down blocks stop.</summary>
    public const int EndSize = 8;

    private static readonly (int Size, int Channels)[] Table =
    [
        (4, 512), (8, 512), (16, 256), (32, 128), (64, 64), (128, 64), (256, 32), (512, 16), (1024, 8),
    ];

    /// <summary>The channels before each down block and after the last one.</summary>
    /// <param name="inputs">Channels of the feature map.</param>
    /// <param name="size">Its nominal side; a side that is not in the table goes to the nearest one that is.</param>
    /// <param name="factor">Factor on the table.</param>
    public static IReadOnlyList<int> Along(int inputs, int size, double factor)
    {
        var channels = new List<int> { inputs };
        for (var current = Table.MinBy(entry => Math.Abs(entry.Size - size)).Size; current > EndSize; current /= 2)
        {
            var next = Table.First(entry => entry.Size == current / 2).Channels;
            channels.Add(Math.Max(1, (int)(next * factor)));
        }

        return channels;
    }
}
