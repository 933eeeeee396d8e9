using System.Diagnostics.Metrics;

namespace ProjectedGan.Telemetry.Artifacts;

/// <summary>Datasets, weights, checkpoints and images on their way to and from a node's store. Thread-safe.</summary>
public sealed class ArtifactInstruments
{
    private static readonly KeyValuePair<string, object?> Transmit = new(TelemetryAttributes.Direction, "transmit");
    private static readonly KeyValuePair<string, object?> Receive = new(TelemetryAttributes.Direction, "receive");

    private readonly Counter<long> _io;
    private long _stored = -1;

    public ArtifactInstruments(IMeterFactory factory)
    {
        var meter = factory.Create("ProjectedGan.Artifacts");
        _io = meter.CreateCounter<long>("pgan.artifact.io", "By", "Bytes of files sent to and received from other nodes and users.");
        meter.CreateObservableGauge("pgan.artifact.stored", Stored, "By", "Bytes of files that this node keeps.");
    }

    public void BytesSent(long bytes) => _io.Add(bytes, Transmit);

    public void BytesReceived(long bytes) => _io.Add(bytes, Receive);

    public void StoreMeasured(long bytes) => Volatile.Write(ref _stored, bytes);

    private IEnumerable<Measurement<long>> Stored() => Volatile.Read(ref _stored) is >= 0 and var bytes ? [new Measurement<long>(bytes)] : [];
}
