using System.Diagnostics;
using System.Runtime.ExceptionServices;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Ordering;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Prefetching;

/// <summary>
/// Decodes the batches of a range of replicas ahead of the training that takes them. Which images a batch holds is the shard plan's
/// alone; threads only change when it is ready.
/// </summary>
/// <remarks>
/// 1. Threads claim single images of the oldest unfinished batch, so that the batch needed next is ready first.
/// 2. An image is decoded straight into its place in a page-locked tensor, with no copy in between.
/// 3. A batch that is taken makes room for another; a disposed batch's tensor is used again.
/// <see cref="Take"/> may be called from several threads, one a replica.
/// </remarks>
public sealed class Prefetcher : IDisposable
{
    private readonly object _lock = new();
    private readonly IImageDataset _dataset;
    private readonly ShardPlan _plan;
    private readonly PrefetchOptions _options;
    private readonly int _replicas;
    private readonly int _ahead;
    private readonly Thread[] _threads;
    private readonly Dictionary<long, BatchSlot> _slots = [];
    private readonly HashSet<long> _taken = [];
    private readonly Stack<PinnedBuffer> _free = [];
    private BatchSlot? _filling;
    private ExceptionDispatchInfo? _fault;
    private long _nextSequence;
    private long _oldestUntaken;
    private long _waitTicks;
    private bool _stopping;

    /// <param name="dataset">Read from several threads; not disposed.</param>
    /// <param name="plan">Which images to read; made for this dataset's number of images.</param>
    /// <param name="options">Replicas, start and threads.</param>
    /// <exception cref="ArgumentException">The plan is for another number of images, or an option is out of range.</exception>
    public Prefetcher(IImageDataset dataset, ShardPlan plan, PrefetchOptions options)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        if (plan.DatasetCount != dataset.Count)
            throw new ArgumentException($"The plan is for {plan.DatasetCount} images; the dataset has {dataset.Count}.", nameof(plan));
        _replicas = options.ReplicaCount ?? plan.Replicas - options.FirstReplica;
        if (options.FirstReplica < 0 || _replicas < 1 || options.FirstReplica + _replicas > plan.Replicas)
            throw new ArgumentException($"Replicas {options.FirstReplica} to {options.FirstReplica + _replicas - 1} are not among 0 to {plan.Replicas - 1}.");
        ArgumentOutOfRangeException.ThrowIfNegative(options.FirstIteration);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        _dataset = dataset;
        _plan = plan;
        _options = options;
        _ahead = Math.Max(options.BatchesAhead, _replicas);
        _threads = new Thread[options.Threads];
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new Thread(Work) { IsBackground = true, Name = $"pgan data {i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Time that callers of <see cref="Take"/> have waited so far, added over callers.</summary>
    public TimeSpan WaitTime => Stopwatch.GetElapsedTime(0, Interlocked.Read(ref _waitTicks));

    /// <summary>Waits for a batch and hands it over. Each batch is handed over once; those of an iteration may be taken in any order.</summary>
    /// <returns>The batch; the caller disposes it.</returns>
    /// <exception cref="DatasetException">An image of the batch cannot be read; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The batch is not served here, was taken before, or lies past the batches that are prepared ahead.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while waiting.</exception>
    /// <exception cref="ObjectDisposedException">The prefetcher is disposed.</exception>
    public ImageBatch Take(long iteration, int replica, CancellationToken cancellation)
    {
        var sequence = (iteration - _options.FirstIteration) * _replicas + replica - _options.FirstReplica;
        var started = Stopwatch.GetTimestamp();
        using var wake = cancellation.UnsafeRegister(static self => ((Prefetcher)self!).Wake(), this);
        lock (_lock)
        {
            CheckServed(iteration, replica, sequence);
            var slot = WaitFor(sequence, cancellation);
            Interlocked.Add(ref _waitTicks, Stopwatch.GetTimestamp() - started);
            _slots.Remove(sequence);
            _taken.Add(sequence);
            while (_taken.Remove(_oldestUntaken))
                _oldestUntaken++;
            Monitor.PulseAll(_lock);
            if (slot.Failure is null)
                return new ImageBatch(slot, GiveBack);
            _free.Push(slot.Buffer);
            slot.Failure.Throw();
            throw new UnreachableException();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping)
                return;
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
        foreach (var thread in _threads)
            thread.Join();
        lock (_lock)
        {
            foreach (var slot in _slots.Values)
                slot.Buffer.Dispose();
            foreach (var buffer in _free)
                buffer.Dispose();
            _slots.Clear();
            _free.Clear();
        }
    }

    private void CheckServed(long iteration, int replica, long sequence)
    {
        var inRange = replica >= _options.FirstReplica && replica < _options.FirstReplica + _replicas;
        if (!inRange || iteration < _options.FirstIteration)
            throw new InvalidOperationException($"The batch of iteration {iteration}, replica {replica} is not served here.");
        if (sequence < _oldestUntaken || _taken.Contains(sequence))
            throw new InvalidOperationException($"The batch of iteration {iteration}, replica {replica} was taken before.");
        if (sequence >= _oldestUntaken + _ahead)
            throw new InvalidOperationException($"The batch of iteration {iteration}, replica {replica} lies more than {_ahead} batches ahead.");
    }

    private BatchSlot WaitFor(long sequence, CancellationToken cancellation)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            _fault?.Throw();
            if (_slots.TryGetValue(sequence, out var slot) && slot.IsReady)
                return slot;
            cancellation.ThrowIfCancellationRequested();
            Monitor.Wait(_lock);
        }
    }

    private void Wake()
    {
        lock (_lock)
            Monitor.PulseAll(_lock);
    }

    private void Work()
    {
        try
        {
            while (Claim() is var (slot, position))
            {
                ExceptionDispatchInfo? failure = null;
                try
                {
                    slot.Fill(_dataset, position);
                }
                catch (Exception error) when (error is not OutOfMemoryException)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                }
                Finish(slot, failure);
            }
        }
        catch (Exception error)
        {
            // Anything else than an unreadable image (no memory for a batch, say) ends every waiting and later Take.
            lock (_lock)
            {
                _fault ??= ExceptionDispatchInfo.Capture(error);
                Monitor.PulseAll(_lock);
            }
        }
    }

    private (BatchSlot Slot, int Position)? Claim()
    {
        lock (_lock)
        {
            while (!_stopping)
            {
                if (_filling is { } slot && slot.Assigned < slot.Indices.Length)
                    return (slot, slot.Assigned++);
                if (_nextSequence < _oldestUntaken + _ahead)
                    _filling = Begin(_nextSequence++);
                else
                    Monitor.Wait(_lock);
            }
            return null;
        }
    }

    private BatchSlot Begin(long sequence)
    {
        var iteration = _options.FirstIteration + sequence / _replicas;
        var replica = _options.FirstReplica + (int)(sequence % _replicas);
        if (!_free.TryPop(out var buffer))
        {
            long[] shape = [_plan.ReplicaBatch, _dataset.Channels, _dataset.Resolution, _dataset.Resolution];
            buffer = new PinnedBuffer(shape, torch.ScalarType.Byte);
        }
        var slot = new BatchSlot(iteration, replica, _plan.ImageIndices(iteration, replica), buffer);
        slot.ReadLabels(_dataset);
        return _slots[sequence] = slot;
    }

    private void Finish(BatchSlot slot, ExceptionDispatchInfo? failure)
    {
        lock (_lock)
        {
            slot.Failure ??= failure;
            slot.Finished++;
            if (slot.IsReady)
                Monitor.PulseAll(_lock);
        }
    }

    private void GiveBack(PinnedBuffer buffer)
    {
        lock (_lock)
        {
            if (!_stopping)
            {
                _free.Push(buffer);
                return;
            }
        }
        buffer.Dispose();
    }
}

/// <summary>Which batches a <see cref="Prefetcher"/> prepares, and how.</summary>
public sealed record PrefetchOptions
{
    /// <summary>First of the consecutive replicas served.</summary>
    public int FirstReplica { get; init; }

    /// <summary>Number of replicas served; null for all from the first on.</summary>
    public int? ReplicaCount { get; init; }

    /// <summary>Iteration to start at: 0, or where a resumed run goes on.</summary>
    public long FirstIteration { get; init; }

    /// <summary>Decoding threads, at least one.</summary>
    public int Threads { get; init; } = 2;

    /// <summary>Batches prepared ahead of the oldest one not yet taken; raised to the number of replicas, which are taken side by side.</summary>
    public int BatchesAhead { get; init; } = 4;
}

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
