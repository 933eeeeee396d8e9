namespace ProjectedGan.Data.Ordering;

/// <summary>Orders of images, for one epoch among others.</summary>
internal static class Permutation
{
    /// <summary>
    /// Fisher and Yates: for i from count - 1 down to 1, swap places i and j, j uniform on [0, i]. The numbers come from the stream
    /// (seed, iteration = epoch, no phase, replica 0, data order).
    /// </summary>
    public static int[] Create(long seed, long epoch, int count) =>
        Create(new KeyedRandom(RandomKey.For(seed, epoch, RandomPhase.None, 0, RandomPurpose.DataOrder)), count);

    /// <summary>The same from a stream of the caller's.</summary>
    public static int[] Create(KeyedRandom random, int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
            order[i] = i;
        for (var i = count - 1; i > 0; i--)
        {
            var j = (int)random.NextBelow(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }
}
