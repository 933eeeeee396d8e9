using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Specification;
using ProjectedGan.Training.State;
using static ProjectedGan.Tensors.Scalars;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Iteration;

/// <summary>
/// The gradients of one network on their way from the lanes' backward passes to the average over all replicas: each bucket is summed
/// over the hosted replicas and handed to the exchange when the last of them has it, while other buckets are still being computed.
/// </summary>
internal sealed class BucketedGradients : IDisposable
{
    private readonly ReductionPhase _phase;
    private readonly int _replicas;
    private readonly SubtreeAccumulator[] _accumulators;
    private readonly int[] _arrived;
    private readonly IPendingReduction?[] _pending;
    private readonly Tensor _average;
    private IGradientExchange? _exchange;
    private long _iteration;

    /// <param name="tree">The tree over all replicas.</param>
    /// <param name="network">Its trained parameters give the layout.</param>
    /// <param name="phase">What the exchange calls these gradients.</param>
    /// <param name="spec">Rounding and size of buckets.</param>
    public BucketedGradients(CanonicalTree tree, FlatGroup network, ReductionPhase phase, TrainingSpec spec)
    {
        _phase = phase;
        _replicas = tree.Root.Count;
        Layout = new BucketLayout(network.Views, spec.Reduction.BucketBytes / network.Flat.element_size());
        _average = empty_like(network.Flat).DetachFromDisposeScope();
        _accumulators = new SubtreeAccumulator[Layout.Buckets.Count];
        _arrived = new int[_accumulators.Length];
        _pending = new IPendingReduction?[_accumulators.Length];
        Tree = tree;
        Wire = spec.Reduction.Wire;
    }

    public BucketLayout Layout { get; }

    private CanonicalTree Tree { get; }

    private WirePrecision Wire { get; }

    private ReplicaRange Hosted { get; set; }

    /// <summary>Takes other replicas and another way to the other workers, between iterations.</summary>
    public void Join(ReplicaRange hosted, IGradientExchange exchange)
    {
        Reset();
        _exchange = exchange;
        if (hosted == Hosted)
        {
            return;
        }
        Hosted = hosted;
        for (var bucket = 0; bucket < _accumulators.Length; bucket++)
        {
            _accumulators[bucket]?.Dispose();
            var elements = Layout.Buckets[bucket].Elements;
            _accumulators[bucket] = new SubtreeAccumulator(
                Tree, hosted, () => empty([elements], dtype: _average.dtype, device: _average.device).DetachFromDisposeScope(), Wire);
        }
    }

    /// <summary>Starts the phase of an iteration.</summary>
    public void Begin(long iteration) => _iteration = iteration;

    /// <summary>A flat tensor of the bucket's length to fill with one replica's gradients and to hand to <see cref="Add"/>. Any thread.</summary>
    public Tensor Rent(int bucket) => _accumulators[bucket].Rent();

    /// <summary>Takes one replica's gradients of one bucket over. Any thread; each replica and bucket once a phase.</summary>
    public void Add(int bucket, int replica, Tensor gradients)
    {
        var accumulator = _accumulators[bucket];
        accumulator.Add(replica, gradients);
        if (Interlocked.Increment(ref _arrived[bucket]) == Hosted.Count)
        {
            _pending[bucket] = _exchange!.Submit(new ReductionKey(_iteration, _phase, bucket), accumulator.Finish());
        }
    }

    /// <summary>The mean over all replicas, flat; valid until the next iteration's phase. Blocks until all buckets are there.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up or the exchange was aborted.</exception>
    public Tensor Average(CancellationToken cancellationToken)
    {
        for (var bucket = 0; bucket < _pending.Length; bucket++)
        {
            var (start, elements) = (Layout.Buckets[bucket].Start, Layout.Buckets[bucket].Elements);
            var pending = _pending[bucket] ?? throw new InvalidOperationException($"Bucket {bucket} of {_phase} was not submitted.");
            using var part = _average.narrow(0, start, elements);
            part.copy_(pending.Wait(cancellationToken));
        }
        Reset();
        return _replicas > 1 ? _average.mul_(Of(1.0 / _replicas)) : _average;
    }

    /// <summary>Forgets what is there, complete or not. The exchange must be done with it.</summary>
    public void Reset()
    {
        Array.Clear(_pending);
        Array.Clear(_arrived);
        foreach (var accumulator in _accumulators)
        {
            accumulator?.Reset();
        }
    }

    public void Dispose()
    {
        foreach (var accumulator in _accumulators)
        {
            accumulator?.Dispose();
        }
        _average.Dispose();
    }
}

/// <summary>
/// Cuts a network's flat gradient into buckets of whole parameters, so that a bucket can be sent as soon as the backward pass has
/// reached the first of its layers. Only speed depends on where the cuts are.
/// </summary>
internal sealed class BucketLayout
{
    /// <param name="parameters">In the order of the flat tensor.</param>
    /// <param name="bucketElements">A bucket is closed when it has this many elements or more.</param>
    public BucketLayout(IReadOnlyList<Tensor> parameters, long bucketElements)
    {
        var buckets = new List<Bucket>();
        for (int parameter = 0, first = 0; parameter < parameters.Count; parameter++)
        {
            var start = buckets.Count == 0 ? 0 : buckets[^1].Start + buckets[^1].Elements;
            var elements = parameters.Skip(first).Take(parameter - first + 1).Sum(member => member.NumberOfElements);
            if (elements >= bucketElements || parameter == parameters.Count - 1)
            {
                buckets.Add(new Bucket(first, parameter - first + 1, start, elements));
                first = parameter + 1;
            }
        }
        Buckets = buckets;
    }

    public IReadOnlyList<Bucket> Buckets { get; }

    /// <param name="FirstParameter">Index of its first parameter.</param>
    /// <param name="Parameters">How many it has.</param>
    /// <param name="Start">Its first element in the flat tensor.</param>
    /// <param name="Elements">How many it has.</param>
    public readonly record struct Bucket(int FirstParameter, int Parameters, long Start, long Elements);
}
