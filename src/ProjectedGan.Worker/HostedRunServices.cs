using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Transport;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Links;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Worker;

/// <summary>What a worker process lends to the run that it hosts.</summary>
internal sealed record HostedRunServices
{
    /// <summary>This worker's id.</summary>
    public required string Worker { get; init; }

    /// <summary>The folder of what belongs to the run alone; emptied when the run leaves.</summary>
    public required string Folder { get; init; }

    /// <summary>Replicas computed side by side; 0 for as many as the processors allow.</summary>
    public required int Lanes { get; init; }

    /// <summary>Datasets and weights that were fetched.</summary>
    public required ArtifactStore Cache { get; init; }

    public required ArtifactClient Artifacts { get; init; }

    public required PeerServer Peers { get; init; }

    /// <summary>Sends news to the coordinator.</summary>
    public required Action<WorkerMessage, Importance> Send { get; init; }

    /// <summary>Where the images that replicas take are written down; null for nowhere.</summary>
    public ImageLedger? Ledger { get; init; }

    public required WorkerInstruments Instruments { get; init; }

    /// <summary>How long training may stand still.</summary>
    public required StallWatch Stall { get; init; }

    /// <summary>Ends the process, whose training cannot be ended any other way.</summary>
    public required Action End { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }
}
