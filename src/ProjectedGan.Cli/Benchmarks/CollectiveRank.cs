using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Transport;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>The product's all-reduce, one replica a process, no TLS.</summary>
internal sealed class CollectiveRank : IAllreduceRank, ICollectiveObserver
{
    private readonly WebApplication _application;
    private readonly int _rank;
    private readonly WireType _wire;
    private readonly Tensor _values;
    private CollectiveSession? _session;

    private CollectiveRank(WebApplication application, int rank, long bytes, WireType wire)
    {
        (_application, _rank, _wire) = (application, rank, wire);
        _values = zeros([bytes / sizeof(float)]);
    }

    public string Address => _application.Urls.Single();

    public static async Task<CollectiveRank> StartAsync(int rank, long bytes, WireType wire, CollectiveOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddCollectivePeers(options);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.ConfigureForPeers();
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        var application = builder.Build();
        application.Services.GetRequiredService<PeerServer>().MapPeers(application);
        await application.StartAsync();
        return new CollectiveRank(application, rank, bytes, wire);
    }

    public async Task ConnectAsync(string[] addresses, CancellationToken cancellation)
    {
        GroupMember[] members = [.. addresses.Select((address, i) => new GroupMember($"rank{i}", new Uri(address), new ReplicaRange(i, i + 1)))];
        CollectiveGroup group = new("bench", 1, $"rank{_rank}", members.Length, _wire, members);
        _session = await _application.Services.GetRequiredService<PeerServer>().OpenAsync(group, this, cancellation);
    }

    public Task BarrierAsync(CancellationToken cancellation) => _session!.BarrierAsync("round", cancellation);

    public void Sum(int round) =>
        _session!.Submit(new ReductionKey(round, ReductionPhase.Generator, 0), [new SubtreeSum(new ReplicaRange(_rank, _rank + 1), _values)]).Wait(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        await _application.DisposeAsync();
        _values.Dispose();
    }

    public void PeerUnreachable(string worker, string detail) => Console.Error.WriteLine(detail);

    public void ChecksumFailed(string worker, string detail) => Console.Error.WriteLine(detail);

    public void Refused(string worker, RefusalReason reason) => Console.Error.WriteLine($"{worker}: {reason}");

    public void BytesSent(string worker, long bytes)
    {
    }

    public void BytesReceived(string worker, long bytes)
    {
    }

    public void Reduced(ReductionKey key, TimeSpan duration, TimeSpan exposedWait)
    {
    }
}
