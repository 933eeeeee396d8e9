using ProjectedGan.AllReduce.Arithmetic;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>The memory work of a chunk. Called inside the gate.</summary>
internal static unsafe class ChunkSum
{
    /// <summary>Completes the tree over a chunk whose partial sums are all there; the total lands in the first submitted tensor.</summary>
    public static void Compute(GroupTopology topology, BucketReduction reduction, int chunk, BucketReduction.OwnedChunk owned)
    {
        var program = topology.Program;
        var (offset, elements, _) = reduction.Layout[chunk];
        var memoryOffset = (nint)(offset * reduction.Format.MemoryBytes());
        Span<nint> leaves = stackalloc nint[program.Leaves.Count];
        Span<bool> packed = stackalloc bool[program.Leaves.Count];
        for (var leaf = 0; leaf < leaves.Length; leaf++)
        {
            packed[leaf] = owned.Partials[leaf] is not null;
            leaves[leaf] = owned.Partials[leaf]?.PayloadAddress ?? reduction.Addresses[leaf - program.FirstLeaf[topology.Self]] + memoryOffset;
        }
        TreeAdder.Sum(program, reduction.Format, leaves, packed, reduction.Addresses[0] + memoryOffset, elements);
    }

    /// <summary>Writes an owner's result where the total belongs.</summary>
    public static void Store(BucketReduction reduction, int chunk, FrameBuffer frame)
    {
        var (offset, elements, _) = reduction.Layout[chunk];
        var target = (void*)(reduction.Addresses[0] + (nint)(offset * reduction.Format.MemoryBytes()));
        if (reduction.Format == ElementFormat.BFloat16)
        {
            BFloat16Rounding.Unpack(new((ushort*)frame.PayloadAddress, elements), new((float*)target, elements));
        }
        else
        {
            frame.Payload.CopyTo(new(target, elements * reduction.Format.MemoryBytes()));
        }
    }
}
