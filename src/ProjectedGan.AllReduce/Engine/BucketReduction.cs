using System.Diagnostics;
using ProjectedGan.AllReduce.Arithmetic;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Engine;

/// <summary>
/// One bucket under way on this worker. All fields but the tensors' memory are guarded by the engine's lock.
/// </summary>
internal sealed class BucketReduction : IPendingReduction, IDisposable
{
    private readonly ManualResetEventSlim _ended = new();
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private readonly Tensor[] _partials;
    private readonly ICollectiveObserver _observer;
    private ExchangeAbortedException? _failure;
    private TimeSpan _duration;

    public BucketReduction(ReductionKey key, ElementFormat format, ChunkLayout layout, Tensor[] partials, nint[] addresses, GroupTopology topology, ICollectiveObserver observer)
    {
        (Key, Format, Layout, Addresses, _partials, _observer) = (key, format, layout, addresses, partials, observer);
        Elements = partials[0].NumberOfElements;
        (FirstOwned, EndOwned) = layout.Of(topology.Self);
        Owned = [.. Enumerable.Range(FirstOwned, EndOwned - FirstOwned).Select(_ => new OwnedChunk(topology.Program.Leaves.Count, topology.RemoteLeaves))];
        Remote = new RemoteChunk[layout.Count];
        GrantedEnd = FirstOwned;
        AnnouncedFrom = new int[topology.Members];
        Array.Fill(AnnouncedFrom, -1);
        PartialsToReceive = [.. Enumerable.Range(0, topology.Members).Select(member => member == topology.Self ? 0 : Owned.Length * topology.LeavesOf(member))];
        ChunksToSum = Owned.Length;
        ResultsToWrite = Owned.Length * (topology.Members - 1);
        ResultsToReceive = layout.Count - Owned.Length;
    }

    public ReductionKey Key { get; }

    public ElementFormat Format { get; }

    public ChunkLayout Layout { get; }

    public long Elements { get; }

    /// <summary>Where the sums of this worker's leaves lie; the first becomes the total.</summary>
    public nint[] Addresses { get; }

    public int FirstOwned { get; }

    public int EndOwned { get; }

    /// <summary>The chunks that this worker sums, from <see cref="FirstOwned"/>.</summary>
    public OwnedChunk[] Owned { get; }

    /// <summary>By chunk; only those of other owners are used.</summary>
    public RemoteChunk[] Remote { get; }

    /// <summary>Memory is reserved for the owned chunks before this one.</summary>
    public int GrantedEnd { get; set; }

    /// <summary>By member: the first chunk that it holds back for a grant; -1 before its announcement.</summary>
    public int[] AnnouncedFrom { get; }

    /// <summary>By member: frames that are still to come.</summary>
    public int[] PartialsToReceive { get; }

    public int ChunksToSum { get; set; }

    public int ResultsToWrite { get; set; }

    public int ResultsToReceive { get; set; }

    public bool WaitsForGrants { get; set; }

    public bool IsComplete => ChunksToSum == 0 && ResultsToWrite == 0 && ResultsToReceive == 0;

    /// <summary>Why a frame that describes another tensor is refused; null where it describes this one.</summary>
    public RefusalReason? Mismatch(FrameHeader header) => header.BucketElements == Elements && header.Format == Format ? null : RefusalReason.Mismatch;

    /// <summary>Whether every other member has submitted this bucket.</summary>
    public bool EveryoneIsReady()
    {
        for (var member = 0; member < AnnouncedFrom.Length; member++)
        {
            if (PartialsToReceive[member] > 0 && AnnouncedFrom[member] < 0)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether anything is still to come from another member.</summary>
    public bool Expects(int member)
    {
        var (first, end) = Layout.Of(member);
        return PartialsToReceive[member] > 0 || Array.FindIndex(Remote, first, end - first, chunk => !chunk.Received) >= 0;
    }

    public void Complete()
    {
        _duration = Stopwatch.GetElapsedTime(_submitted);
        _ended.Set();
    }

    public void Fail(ExchangeAbortedException failure)
    {
        _failure = failure;
        _ended.Set();
    }

    public Tensor Wait(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        _ended.Wait(cancellationToken);
        if (_failure is not null)
        {
            throw new ExchangeAbortedException(_failure.InnerException!);
        }
        _observer.Reduced(Key, _duration, Stopwatch.GetElapsedTime(start));
        return _partials[0];
    }

    public void Dispose() => _ended.Dispose();

    /// <summary>A chunk that this worker sums.</summary>
    internal sealed class OwnedChunk(int leaves, int missing)
    {
        /// <summary>By leaf; this worker's own stay null.</summary>
        public FrameBuffer?[] Partials { get; } = new FrameBuffer?[leaves];

        public int Missing { get; set; } = missing;

        public int Reserved { get; set; }
    }

    /// <summary>A chunk that another member sums.</summary>
    internal struct RemoteChunk
    {
        /// <summary>Handed to the outbox.</summary>
        public bool Sent;

        /// <summary>The credit taken for it; 0 if it was granted.</summary>
        public int Charged;

        /// <summary>Frames of it that are still to be read from the tensors.</summary>
        public int ToWrite;

        public bool Received;
    }
}

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

/// <summary>A piece of a bucket that travels in one frame.</summary>
/// <param name="Offset">Its first element.</param>
/// <param name="Elements">Its length.</param>
/// <param name="Owner">The member that completes its sum.</param>
internal readonly record struct Chunk(long Offset, int Elements, int Owner);
