using System.Diagnostics.Metrics;
using ProjectedGan.Telemetry.Gauges;

namespace ProjectedGan.Telemetry.Collectives;

/// <summary>What a worker measures of its exchange with its peers. Thread-safe.</summary>
public sealed class CollectiveInstruments
{
    private static readonly KeyValuePair<string, object?> Transmit = new(TelemetryAttributes.Direction, "transmit");
    private static readonly KeyValuePair<string, object?> Receive = new(TelemetryAttributes.Direction, "receive");

    private readonly Counter<long> _io;
    private readonly Histogram<double> _allReduce;
    private readonly Histogram<double> _exposedWait;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _suspicions;
    private readonly Counter<long> _stateIo;
    private readonly Histogram<double> _stateDuration;

    public CollectiveInstruments(IMeterFactory factory)
    {
        var meter = factory.Create("ProjectedGan.Collectives");
        _io = meter.CreateCounter<long>("pgan.collective.io", "By", "Bytes exchanged with peers, in all-reduces and state transfers.");
        _allReduce = meter.CreateHistogram(
            "pgan.collective.allreduce.duration", "s", "From a phase's first bucket to its last sum.", tags: null, DurationBuckets.Steps);
        _exposedWait = meter.CreateHistogram(
            "pgan.collective.exposed_wait", "s", "The part of an all-reduce that no computation hid.", tags: null, DurationBuckets.Steps);
        _refused = meter.CreateCounter<long>("pgan.collective.messages.refused", "{message}", "Peers' messages that were stale, foreign or damaged.");
        _suspicions = meter.CreateCounter<long>("pgan.collective.suspicions", "{suspicion}", "Complaints of this node about its peers.");
        _stateIo = meter.CreateCounter<long>("pgan.collective.state.io", "By", "Bytes of training state copied between members.");
        _stateDuration = meter.CreateHistogram(
            "pgan.collective.state.duration", "s", "Time to copy the training state to a member.", tags: null, DurationBuckets.Jobs);
    }

    public void BytesSent(long bytes) => _io.Add(bytes, Transmit);

    public void BytesReceived(long bytes) => _io.Add(bytes, Receive);

    /// <summary>An all-reduce has ended. The phase is one of the trainer's fixed few; the exposed wait is how long computation stood still for it.</summary>
    public void Reduced(string phase, TimeSpan duration, TimeSpan exposedWait)
    {
        KeyValuePair<string, object?> attribute = new(TelemetryAttributes.Phase, phase);
        _allReduce.Record(duration.TotalSeconds, attribute);
        _exposedWait.Record(exposedWait.TotalSeconds, attribute);
    }

    /// <summary>A peer\'s message was not taken. The reason is one of a fixed few, such as <c>stale_epoch</c> or <c>checksum</c>; never text from a peer.</summary>
    public void Refused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>(TelemetryAttributes.ErrorType, reason));

    /// <summary>This node complains of a peer. The kind is one of a fixed few, such as <c>unreachable</c>; which peer is in the log and with the experiment.</summary>
    public void Suspected(string kind) => _suspicions.Add(1, new KeyValuePair<string, object?>(TelemetryAttributes.ErrorType, kind));

    /// <summary>This node's state was copied to another.</summary>
    public void StateSent(long bytes, TimeSpan duration) => State(bytes, duration, Transmit);

    /// <summary>Another's state was copied to this node.</summary>
    public void StateReceived(long bytes, TimeSpan duration) => State(bytes, duration, Receive);

    private void State(long bytes, TimeSpan duration, KeyValuePair<string, object?> direction)
    {
        _stateIo.Add(bytes, direction);
        _stateDuration.Record(duration.TotalSeconds, direction);
    }
}
