using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Transport;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Servers of several workers in this process, and sessions over real sockets.</summary>
internal sealed class SocketCluster : IAsyncDisposable
{
    private readonly List<CollectiveSession> _sessions = [];

    private SocketCluster(PeerHost[] hosts) => Hosts = hosts;

    public PeerHost[] Hosts { get; }

    public static CollectiveOptions SmallOptions { get; } = new()
    {
        ChunkBytes = 4096,
        EagerBytes = 16 << 10,
        GrantedBytes = 64 << 10,
        OpenTimeout = TimeSpan.FromSeconds(30),
        AdmissionTimeout = TimeSpan.FromSeconds(20),
    };

    public static async Task<SocketCluster> StartAsync(int workers, CollectiveOptions? options = null)
    {
        var hosts = new PeerHost[workers];
        for (var i = 0; i < workers; i++)
        {
            hosts[i] = await PeerHost.StartAsync(options ?? SmallOptions);
        }
        return new SocketCluster(hosts);
    }

    public GroupMember[] Members(IReadOnlyList<ReplicaRange> split) => [.. split.Select((range, i) => new GroupMember($"w{i}", Hosts[i].Address, range))];

    /// <summary>Opens a session on every worker.</summary>
    public async Task<(CollectiveSession[] Sessions, RecordingObserver[] Observers)> OpenAsync(IReadOnlyList<ReplicaRange> split, WireType wire = WireType.Float32, string run = "run", long epoch = 1)
    {
        var members = Members(split);
        RecordingObserver[] observers = [.. members.Select(_ => new RecordingObserver())];
        var sessions = await Task.WhenAll(members.Select((member, i) => Hosts[i].Server.OpenAsync(
            new CollectiveGroup(run, epoch, member.Worker, split[^1].End, wire, members), observers[i], CancellationToken.None))).Within("sessions to open");
        lock (_sessions)
        {
            _sessions.AddRange(sessions);
        }
        return (sessions, observers);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_sessions.Select(session => session.DisposeAsync().AsTask())).Within("sessions to close");
        await Task.WhenAll(Hosts.Select(host => host.DisposeAsync().AsTask())).Within("servers to stop");
    }
}
