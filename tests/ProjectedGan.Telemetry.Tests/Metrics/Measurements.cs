using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Collectives;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Security;
using ProjectedGan.Telemetry.Tests.Hosting;
using ProjectedGan.Telemetry.Training;

namespace ProjectedGan.Telemetry.Tests.Metrics;

/// <summary>One measurement by every instrument.</summary>
internal static class Measurements
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public static void RecordAll(NodeHost host)
    {
        Train(host.Get<TrainingInstruments>());
        Exchange(host.Get<CollectiveInstruments>());
        Coordinate(host.Get<CoordinationInstruments>());
        var evaluation = host.Get<EvaluationInstruments>();
        evaluation.SnapshotEvaluated(Second);
        evaluation.SnapshotFailed(new TimeoutException());
        evaluation.MetricMeasured(new MetricKey("exp-1", "fd", "mobilenet_v2"), iteration: 500, value: 12.5, best: 11, samples: 1000);
        evaluation.RecallLost("exp-1", 0.25);
        var artifacts = host.Get<ArtifactInstruments>();
        artifacts.BytesSent(10);
        artifacts.BytesReceived(20);
        artifacts.StoreMeasured(30);
        host.Get<CertificateInstruments>().Watch(() => DateTimeOffset.UnixEpoch.AddDays(20_000));
    }

    private static void Train(TrainingInstruments training)
    {
        training.Joined("exp-1", epoch: 3, replicas: 4);
        training.IterationFinished(images: 64, Second, dataWait: Second / 100);
        training.PhaseFinished("generator", Second / 2);
        training.Loss(TrainingInstruments.Generator, 0.5);
        training.Loss(TrainingInstruments.Discriminator, 1.5);
        training.GradientNorm(TrainingInstruments.Generator, 2);
        training.SignAccuracy(TrainingInstruments.RealImages, 0.75);
        training.NonFiniteElements(TrainingInstruments.Generator, 1);
        training.DeviceMemory("cuda:0", usedBytes: 1 << 20, limitBytes: 1 << 30);
    }

    private static void Exchange(CollectiveInstruments collectives)
    {
        collectives.BytesSent(100);
        collectives.BytesReceived(200);
        collectives.Reduced("generator", Second, Second / 10);
        collectives.Refused("stale_epoch");
        collectives.Suspected("unreachable");
        collectives.StateSent(1000, Second);
        collectives.StateReceived(1000, Second);
    }

    private static void Coordinate(CoordinationInstruments coordination)
    {
        coordination.Experiments(new Dictionary<string, int> { ["running"] = 2, ["queued"] = 1 });
        coordination.Nodes(new Dictionary<(string, string), int> { [("worker", "training")] = 2, [("evaluator", "idle")] = 1 });
        coordination.QueueChanged(1, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1));
        coordination.EvaluationQueueChanged(0, null);
        coordination.Assigned(2);
        coordination.MembershipEpochEnded("worker_lost");
        coordination.Progress("exp-1", iteration: 500, images: 32_000, workers: 2, epoch: 3);
    }
}
