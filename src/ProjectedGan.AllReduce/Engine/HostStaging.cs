using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// Takes CUDA tensors through page-locked host memory: the copy runs on the caller's stream beside the computation, a pool thread waits for
/// it and submits the host copies, and the caller's wait copies the total back. CPU tensors pass straight through.
/// </summary>
internal sealed class HostStaging(ReductionEngine engine) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(long Elements, ScalarType Type), Stack<PinnedBuffer>> _free = [];

    public IPendingReduction Submit(ReductionKey key, IReadOnlyList<SubtreeSum> partials) =>
        partials.Count > 0 && partials[0].Sum.is_cuda ? Stage(key, partials) : engine.Submit(key, partials);

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var buffer in _free.Values.SelectMany(buffers => buffers))
            {
                buffer.Dispose();
            }
            _free.Clear();
        }
    }

    private StagedReduction Stage(ReductionKey key, IReadOnlyList<SubtreeSum> partials)
    {
        if (engine.AbortReason is not null)
        {
            throw engine.Aborted();
        }
        var buffers = partials.Select(partial => Rent(partial.Sum)).ToArray();
        for (var i = 0; i < buffers.Length; i++)
        {
            buffers[i].Tensor.copy_(partials[i].Sum, nonBlocking: true);
        }
        var copied = CudaEvent.Record();
        SubtreeSum[] onHost = [.. partials.Select((partial, i) => new SubtreeSum(partial.Range, buffers[i].Tensor))];
        var submitted = Task.Run(() =>
        {
            using (copied)
            {
                copied.Synchronize();
            }
            return engine.Submit(key, onHost);
        });
        return new StagedReduction(this, submitted, buffers, partials[0].Sum);
    }

    private PinnedBuffer Rent(Tensor like)
    {
        lock (_lock)
        {
            if (_free.TryGetValue((like.NumberOfElements, like.dtype), out var free) && free.TryPop(out var buffer))
            {
                return buffer;
            }
        }
        return new PinnedBuffer([like.NumberOfElements], like.dtype);
    }

    private void Return(PinnedBuffer buffer)
    {
        lock (_lock)
        {
            var size = (buffer.Tensor.NumberOfElements, buffer.Tensor.dtype);
            if (!_free.TryGetValue(size, out var free))
            {
                _free.Add(size, free = new Stack<PinnedBuffer>());
            }
            free.Push(buffer);
        }
    }

    // Buffers go back only from a wait that succeeded: after an abort the last copies may still run, and the memory is left to the finaliser.
    private sealed class StagedReduction(HostStaging owner, Task<IPendingReduction> submitted, PinnedBuffer[] buffers, Tensor destination) : IPendingReduction
    {
        public Tensor Wait(CancellationToken cancellationToken)
        {
            // Blocking is what Wait is for; the task only covers the copy to the host.
            var total = submitted.WaitAsync(cancellationToken).GetAwaiter().GetResult().Wait(cancellationToken);
            destination.copy_(total);
            Array.ForEach(buffers, owner.Return);
            return destination;
        }
    }
}
