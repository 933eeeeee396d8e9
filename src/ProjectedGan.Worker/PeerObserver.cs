using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Worker;

/// <summary>Turns what happens between peers into suspicions and figures. A peer's failure ends this worker's part of the epoch.</summary>
internal sealed class PeerObserver(WorkerState state, WorkerInstruments instruments, CancellationTokenSource abort) : ICollectiveObserver
{
    /// <summary>The trouble that came first; null while there is none. What it then breaks says less.</summary>
    public string? Trouble { get; private set; }

    public void PeerUnreachable(string worker, string detail) => Blame(worker, Suspicion.Types.Kind.Unreachable, detail);

    public void ChecksumFailed(string worker, string detail) => Blame(worker, Suspicion.Types.Kind.Checksum, detail);

    public void Refused(string worker, RefusalReason reason) => instruments.Refused(reason);

    public void BytesSent(string worker, long bytes) => instruments.Sent(bytes);

    public void BytesReceived(string worker, long bytes) => instruments.Received(bytes);

    public void Reduced(ReductionKey key, TimeSpan duration, TimeSpan exposedWait) => instruments.Reduced(key, duration, exposedWait);

    public void StateSent(string worker, long bytes, TimeSpan duration) => instruments.StateSent(bytes, duration);

    private void Blame(string worker, Suspicion.Types.Kind kind, string detail)
    {
        Trouble ??= detail;
        state.Suspect(worker, kind, detail);
        instruments.Suspected(kind.ToString());
        try
        {
            // Not here: what ends the epoch waits for threads such as this one.
            _ = abort.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // The epoch was over already.
        }
    }
}
