using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>Images whose features are to be gathered, in a fixed order.</summary>
public interface IImageBatches
{
    /// <summary>How many images there are.</summary>
    long Count { get; }

    /// <summary>All images in order, batch by batch.</summary>
    /// <param name="batchSize">Images a batch; the last may be smaller.</param>
    /// <param name="cancellation">Ends the enumeration with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>uint8 [N, C, H, W] with 1 or 3 channels, on the CPU or the source's device; the caller disposes each.</returns>
    IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation);
}
