using System.Collections.Concurrent;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Keeps what a session tells.</summary>
internal sealed class RecordingObserver : ICollectiveObserver
{
    private long _sent;
    private long _received;

    public ConcurrentQueue<(string Worker, string Detail)> Unreachable { get; } = [];

    public ConcurrentQueue<(string Worker, string Detail)> Damaged { get; } = [];

    public ConcurrentQueue<(string Worker, RefusalReason Reason)> Refusals { get; } = [];

    public ConcurrentQueue<ReductionKey> Sums { get; } = [];

    public ConcurrentQueue<(string Worker, long Bytes)> States { get; } = [];

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public void PeerUnreachable(string worker, string detail) => Unreachable.Enqueue((worker, detail));

    public void ChecksumFailed(string worker, string detail) => Damaged.Enqueue((worker, detail));

    public void Refused(string worker, RefusalReason reason) => Refusals.Enqueue((worker, reason));

    public void BytesSent(string worker, long bytes) => Interlocked.Add(ref _sent, bytes);

    public void BytesReceived(string worker, long bytes) => Interlocked.Add(ref _received, bytes);

    public void Reduced(ReductionKey key, TimeSpan duration, TimeSpan exposedWait) => Sums.Enqueue(key);

    public void StateSent(string worker, long bytes, TimeSpan duration) => States.Enqueue((worker, bytes));
}
