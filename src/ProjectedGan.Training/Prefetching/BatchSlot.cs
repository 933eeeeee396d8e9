using System.Runtime.ExceptionServices;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Tensors;

namespace ProjectedGan.Training.Prefetching;

/// <summary>A batch in preparation. Counters are guarded by the prefetcher's lock; pixels of different images are written side by side.</summary>
internal sealed class BatchSlot
{
    private readonly nint _memory;

    public BatchSlot(long iteration, int replica, int[] indices, PinnedBuffer buffer)
    {
        Iteration = iteration;
        Replica = replica;
        Indices = indices;
        Buffer = buffer;
        _memory = TensorBytes.Memory(buffer.Tensor).Address;
    }

    public long Iteration { get; }

    public int Replica { get; }

    public int[] Indices { get; }

    public PinnedBuffer Buffer { get; }

    public int[]? Labels { get; private set; }

    /// <summary>Images handed to threads so far.</summary>
    public int Assigned { get; set; }

    /// <summary>Images that threads have finished, well or not.</summary>
    public int Finished { get; set; }

    /// <summary>The first failure.</summary>
    public ExceptionDispatchInfo? Failure { get; set; }

    public bool IsReady => Finished == Indices.Length;

    /// <summary>Decodes element <paramref name="position"/> of the batch to its place.</summary>
    public unsafe void Fill(IImageDataset dataset, int position)
    {
        var imageBytes = dataset.Channels * dataset.Resolution * dataset.Resolution;
        var target = (byte*)_memory + (long)position * imageBytes;
        dataset.Read(Indices[position], new Span<byte>(target, imageBytes));
    }

    public void ReadLabels(IImageDataset dataset)
    {
        if (dataset.ClassCount > 0)
            Labels = Array.ConvertAll(Indices, index => dataset.Label(index) ?? 0);
    }
}
