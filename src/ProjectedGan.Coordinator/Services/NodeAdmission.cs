using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Coordinator.Services;

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
        if (!Uri.TryCreate(worker.Address, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
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
