using System.Threading.Channels;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace ProjectedGan.Rpc.Health;

/// <summary>Which services of this node serve. The empty name stands for the whole node, which does not serve until it is said to. Thread-safe.</summary>
public sealed class ServingStatuses
{
    /// <summary>The name of the whole node.</summary>
    public const string Node = "";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ServingStatus> _statuses = new(StringComparer.Ordinal) { [Node] = ServingStatus.NotServing };
    private readonly Dictionary<string, List<ChannelWriter<ServingStatus>>> _watchers = new(StringComparer.Ordinal);

    /// <summary>Sets the status of a service, known before or not, and tells those who watch it.</summary>
    public void Set(string service, ServingStatus status)
    {
        lock (_lock)
        {
            _statuses[service] = status;
            Publish(service, status);
        }
    }

    /// <summary>Sets the status of every known service, as when the node drains.</summary>
    public void SetAll(ServingStatus status)
    {
        lock (_lock)
        {
            foreach (string service in _statuses.Keys.ToArray())
            {
                _statuses[service] = status;
                Publish(service, status);
            }
        }
    }

    /// <summary>The status of a service, or null when it is unknown.</summary>
    public ServingStatus? Get(string service)
    {
        lock (_lock)
        {
            return _statuses.TryGetValue(service, out var status) ? status : null;
        }
    }

    /// <summary>
    /// The status now and each later one. A watcher that is slower than the changes misses those in between, never the newest.
    /// Unknown services have <see cref="ServingStatus.ServiceUnknown"/>.
    /// </summary>
    internal Watch Subscribe(string service)
    {
        var channel = Channel.CreateBounded<ServingStatus>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        lock (_lock)
        {
            channel.Writer.TryWrite(_statuses.GetValueOrDefault(service, ServingStatus.ServiceUnknown));
            if (!_watchers.TryGetValue(service, out var watchers))
            {
                _watchers[service] = watchers = [];
            }

            watchers.Add(channel.Writer);
        }

        return new Watch(channel.Reader, () => Unsubscribe(service, channel.Writer));
    }

    private void Publish(string service, ServingStatus status)
    {
        foreach (var watcher in _watchers.GetValueOrDefault(service, []))
        {
            watcher.TryWrite(status);
        }
    }

    private void Unsubscribe(string service, ChannelWriter<ServingStatus> watcher)
    {
        lock (_lock)
        {
            var watchers = _watchers[service];
            watchers.Remove(watcher);
            if (watchers.Count == 0)
            {
                _watchers.Remove(service);
            }
        }
    }

    /// <summary>One watcher's view; it ends when disposed.</summary>
    internal sealed class Watch(ChannelReader<ServingStatus> statuses, Action unsubscribe) : IDisposable
    {
        public ChannelReader<ServingStatus> Statuses { get; } = statuses;

        public void Dispose() => unsubscribe();
    }
}
