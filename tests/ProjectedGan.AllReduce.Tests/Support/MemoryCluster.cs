using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Transport;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Sessions of all members of a group, connected in memory.</summary>
internal sealed class MemoryCluster : IAsyncDisposable
{
    private readonly PeerServer _server;
    private readonly Dictionary<(int From, int To), MemoryChannel> _channels = [];

    public MemoryCluster(IReadOnlyList<ReplicaRange> split, WireType wire, CollectiveOptions? options = null, string run = "run", long epoch = 1)
    {
        Options = options ?? new CollectiveOptions { ChunkBytes = 4096, EagerBytes = 16 << 10, GrantedBytes = 32 << 10, CloseTimeout = TimeSpan.FromSeconds(20) };
        _server = new PeerServer(Options);
        GroupMember[] members = [.. split.Select((range, i) => new GroupMember($"w{i}", new Uri("http://127.0.0.1:1"), range))];
        Observers = [.. members.Select(_ => new RecordingObserver())];
        Pools = [.. members.Select(_ => new FrameBufferPool())];
        Sessions = [.. members.Select((member, i) => new CollectiveSession(
            new CollectiveGroup(run, epoch, member.Worker, split[^1].End, wire, members), Options, Observers[i], new StateFetcher(_server), _ => { }))];
        for (var i = 0; i < members.Length; i++)
        {
            for (var j = i + 1; j < members.Length; j++)
            {
                for (var connection = 0; connection < Options.ConnectionsPerPeer; connection++)
                {
                    var (first, second) = MemoryChannel.Pair(Pools[i], Pools[j]);
                    (_channels[(i, j)], _channels[(j, i)]) = (first, second);
                    _ = RunAsync(Sessions[i], j, first);
                    _ = RunAsync(Sessions[j], i, second);
                }
            }
        }
    }

    public CollectiveOptions Options { get; }

    public CollectiveSession[] Sessions { get; }

    public RecordingObserver[] Observers { get; }

    public FrameBufferPool[] Pools { get; }

    public MemoryChannel this[int from, int to] => _channels[(from, to)];

    // As a transport does, the end of one side shows at the other.
    private static async Task RunAsync(CollectiveSession session, int peer, MemoryChannel channel)
    {
        await session.Links.RunAsync(peer, channel);
        channel.Break();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Sessions.Select(session => session.DisposeAsync().AsTask()));
        _server.Dispose();
    }
}
