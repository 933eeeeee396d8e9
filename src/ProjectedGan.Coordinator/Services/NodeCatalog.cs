using System.Collections.Immutable;
using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Workers and evaluators, and what an operator should know about them.</summary>
public sealed class NodeCatalog(IGrainFactory grains, TimeProvider time)
{
    private const string Lost = "lost";

    public async Task<ListNodesResponse> ListAsync()
    {
        var workers = await grains.GetGrain<IWorkerDirectoryGrain>(GrainNames.Single).ListAsync();
        var queue = await grains.GetGrain<IEvaluationQueueGrain>(GrainNames.Single).DescribeAsync();
        var waiting = await grains.GetGrain<IExperimentDirectoryGrain>(GrainNames.Single).ListAsync(
            new ExperimentQuery { States = [Contracts.ExperimentState.Queued, Contracts.ExperimentState.Waiting], PageSize = 1000 });
        ListNodesResponse response = new();
        response.Nodes.AddRange(workers.Select(ToMessage));
        response.Nodes.AddRange(queue.Evaluators.Select(ToMessage));
        response.Notices.AddRange(Notices(workers, queue, waiting.Experiments.Length));
        return response;
    }

    private static Protocol.V1.Node ToMessage(WorkerSummary worker) => new()
    {
        Id = worker.Registration.Id,
        Role = "worker",
        State = worker.State,
        Device = worker.Registration.Device,
        Address = worker.Registration.Address,
        Version = worker.Registration.Version,
        Experiment = worker.Experiment,
        LastHeartbeat = ExperimentMessages.Time(worker.LastHeartbeat),
        Registered = ExperimentMessages.Time(worker.Registered),
        Detail = Join(worker.Registration.Name, worker.Detail),
    };

    private static Protocol.V1.Node ToMessage(EvaluatorSummary evaluator) => new()
    {
        Id = evaluator.Registration.Id,
        Role = "evaluator",
        State = evaluator.State,
        Device = evaluator.Registration.Device,
        Version = evaluator.Registration.Version,
        Experiment = evaluator.Experiment,
        LastHeartbeat = ExperimentMessages.Time(evaluator.LastHeartbeat),
        Registered = ExperimentMessages.Time(evaluator.Registered),
        Detail = Join(evaluator.Registration.Name, evaluator.Experiment.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{evaluator.Images} images, {evaluator.Progress:P0}")),
    };

    private static string Join(string name, string detail) => detail.Length == 0 ? name : $"{name}: {detail}";

    private IEnumerable<string> Notices(ImmutableArray<WorkerSummary> workers, EvaluationQueueSummary queue, int waiting)
    {
        if (queue.Queued > 0 && queue.Evaluators.All(evaluator => evaluator.State == Lost))
        {
            var age = queue.OldestQueued is { } oldest ? time.GetUtcNow() - oldest : TimeSpan.Zero;
            yield return $"{queue.Queued} snapshot(s) wait to be evaluated, the oldest for {Math.Max(0, (long)age.TotalSeconds)} s, and there is no evaluator; start one with 'pgan evaluator'.";
        }

        if (waiting > 0 && workers.All(worker => worker.State == Lost))
        {
            yield return $"{waiting} experiment(s) wait, and there is no worker; start one with 'pgan worker'.";
        }
    }
}

/// <summary>Decides whether a node may join, and tells it the cluster's times.</summary>
internal sealed class NodeAdmission(CoordinationOptions options)
{
    private const int LongestId = 100;

    public Registered Welcome => new()
    {
        HeartbeatInterval = Duration.FromTimeSpan(options.HeartbeatInterval),
        Lease = Duration.FromTimeSpan(options.Lease),
        CoordinatorVersion = ProductVersion.Full,
    };

    /// <exception cref="RpcException">FAILED_PRECONDITION: another protocol or build. INVALID_ARGUMENT: a field is wrong.</exception>
    public static void Check(RegisterWorker worker)
    {
        CheckBuild(worker.Protocol, worker.Version);
        CheckNode(worker.Id, worker.DeviceKind);
        if (!Uri.TryCreate(worker.Address, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw new FieldException("address", $"address is '{ClusterMessages.Bounded(worker.Address)}'; it must be http(s)://HOST:PORT, where peers reach this worker.");
        }
    }

    /// <inheritdoc cref="Check(RegisterWorker)"/>
    public static void Check(RegisterEvaluator evaluator)
    {
        CheckBuild(evaluator.Protocol, evaluator.Version);
        CheckNode(evaluator.Id, evaluator.DeviceKind);
    }

    private static void CheckBuild(int protocol, string version)
    {
        const int Ours = (int)ProtocolVersion.Current;
        if (protocol != Ours || ProductVersion.ReleaseOf(version) != ProductVersion.Release)
        {
            throw StatusMapping.Refuse(
                StatusCode.FailedPrecondition,
                $"This node is of version {ClusterMessages.Bounded(version)} (protocol {protocol}), the coordinator of {ProductVersion.Full} (protocol {Ours}); run the same version on all nodes.",
                new ErrorInfo { Reason = "VERSION_MISMATCH", Domain = "pgan" });
        }
    }

    private static void CheckNode(string id, string deviceKind)
    {
        if (id.Length is 0 or > LongestId || !id.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_'))
        {
            throw new FieldException("id", $"id is '{ClusterMessages.Bounded(id)}'; it needs 1 to {LongestId} letters, digits, '-', '.' and '_'.");
        }

        if (deviceKind is not ("cpu" or "cuda"))
        {
            throw new FieldException("device_kind", $"device_kind is '{ClusterMessages.Bounded(deviceKind)}'; use cpu or cuda.");
        }
    }
}
