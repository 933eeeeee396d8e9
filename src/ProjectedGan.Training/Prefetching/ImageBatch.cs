using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Prefetching;

/// <summary>A replica's images at one iteration. Dispose it once they are copied or used: the memory serves a later batch.</summary>
public sealed class ImageBatch : IDisposable
{
    private readonly Action<PinnedBuffer> _giveBack;
    private PinnedBuffer? _buffer;

    internal ImageBatch(BatchSlot slot, Action<PinnedBuffer> giveBack)
    {
        Iteration = slot.Iteration;
        Replica = slot.Replica;
        ImageIndices = slot.Indices;
        Labels = slot.Labels;
        _buffer = slot.Buffer;
        _giveBack = giveBack;
    }

    public long Iteration { get; }

    public int Replica { get; }

    /// <summary>Dataset indices, in the order of the batch.</summary>
    public IReadOnlyList<int> ImageIndices { get; }

    /// <summary>Class of each image, or null where the dataset has no labels.</summary>
    public IReadOnlyList<int>? Labels { get; }

    /// <summary>[N, C, H, W] bytes on the CPU, page-locked where there is CUDA. Owned by the batch; gone once it is disposed.</summary>
    public Tensor Images => (_buffer ?? throw new ObjectDisposedException(nameof(ImageBatch))).Tensor;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
            _giveBack(buffer);
    }
}
