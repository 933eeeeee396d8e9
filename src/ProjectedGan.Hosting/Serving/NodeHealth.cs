using Google.Protobuf.Reflection;
using Grpc.HealthCheck;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ProjectedGan.Hosting.Serving;

/// <summary>Whether a node serves, for whoever asks: the gRPC health service and <c>/readyz</c>. No node does until it is said to. Thread-safe.</summary>
public sealed class NodeHealth
{
    private readonly HealthServiceImpl _statuses;
    private readonly string[] _services;
    private volatile bool _isServing;

    /// <param name="statuses">What the health service answers from.</param>
    /// <param name="services">Those of the node itself, which serve and stop together.</param>
    public NodeHealth(HealthServiceImpl statuses, IEnumerable<ServiceDescriptor> services)
    {
        _statuses = statuses;
        // The empty name stands for the whole node.
        _services = ["", .. services.Select(service => service.FullName)];
        IsServing = false;
    }

    public bool IsServing
    {
        get => _isServing;
        set
        {
            _isServing = value;
            foreach (string service in _services)
            {
                _statuses.SetStatus(service, value ? ServingStatus.Serving : ServingStatus.NotServing);
            }
        }
    }
}
