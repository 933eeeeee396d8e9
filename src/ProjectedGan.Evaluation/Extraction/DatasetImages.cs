using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Distances;
using static TorchSharp.torch;

namespace ProjectedGan.Evaluation.Extraction;

/// <summary>All images of a data set in their order, decoded by several threads ahead of the network.</summary>
public sealed class DatasetImages : IImageBatches
{
    // Enough for the network never to wait while memory stays at three batches.
    private const int BatchesAhead = 2;

    private readonly IImageDataset _dataset;
    private readonly int _decodingThreads;

    /// <param name="dataset">The images; not disposed with this object.</param>
    /// <param name="decodingThreads">Threads that decode; 0 for one a processor.</param>
    /// <exception cref="EvaluationException">The data set is empty.</exception>
    public DatasetImages(IImageDataset dataset, int decodingThreads = 0)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfNegative(decodingThreads);
        if (dataset.Count == 0)
        {
            throw new EvaluationException("The data set has no images to compare with.");
        }

        _dataset = dataset;
        _decodingThreads = decodingThreads == 0 ? Environment.ProcessorCount : decodingThreads;
    }

    public long Count => _dataset.Count;

    /// <inheritdoc/>
    public IEnumerable<Tensor> Batches(int batchSize, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using BlockingCollection<(byte[] Bytes, int Count)> decoded = new(BatchesAhead);
        ExceptionDispatchInfo? failure = null;
        Thread reader = new(() => failure = Decode(decoded, batchSize, stop.Token)) { IsBackground = true, Name = "evaluation decoding" };
        reader.Start();
        try
        {
            foreach (var (bytes, count) in decoded.GetConsumingEnumerable(CancellationToken.None))
            {
                cancellation.ThrowIfCancellationRequested();
                yield return tensor(bytes, [count, _dataset.Channels, _dataset.Resolution, _dataset.Resolution]);
            }
        }
        finally
        {
            stop.Cancel();
            reader.Join();
        }

        cancellation.ThrowIfCancellationRequested();
        failure?.Throw();
    }

    private ExceptionDispatchInfo? Decode(BlockingCollection<(byte[] Bytes, int Count)> decoded, int batchSize, CancellationToken stop)
    {
        try
        {
            var imageBytes = _dataset.Channels * _dataset.Resolution * _dataset.Resolution;
            ParallelOptions options = new() { MaxDegreeOfParallelism = _decodingThreads, CancellationToken = stop };
            for (var first = 0; first < _dataset.Count; first += batchSize)
            {
                var count = Math.Min(batchSize, _dataset.Count - first);
                var batch = new byte[count * imageBytes];
                var start = first;
                Parallel.For(0, count, options, i => _dataset.Read(start + i, batch.AsSpan(i * imageBytes, imageBytes)));
                decoded.Add((batch, count), stop);
            }

            return null;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (AggregateException error)
        {
            return ExceptionDispatchInfo.Capture(error.GetBaseException());
        }
        catch (Exception error)
        {
            return ExceptionDispatchInfo.Capture(error);
        }
        finally
        {
            decoded.CompleteAdding();
        }
    }
}
