using System.CommandLine;
using System.Diagnostics;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;

namespace ProjectedGan.Cli.Benchmarks;

/// <summary>One process of <c>pgan bench allreduce</c>; hidden.</summary>
internal static class AllreduceRankCommand
{
    /// <summary>Ends the names of the kinds that share no memory.</summary>
    public const string NetworkSuffix = "-tcp";

    private const int LeastWarmUpRounds = 3;
    private const long Gigabyte = 1_000_000_000;

    public static Command Build()
    {
        Option<string> kind = new("--kind") { DefaultValueFactory = _ => "float32" };
        Option<int> rank = new("--rank");
        Option<long> bytes = new("--bytes");
        Option<int> rounds = new("--rounds");
        Option<int> connections = new("--connections") { DefaultValueFactory = _ => 1 };
        Option<int> chunk = new("--chunk-kib") { DefaultValueFactory = _ => 256 };
        Option<int> warmUp = new("--warm-up");
        ExampleCommand command = new("allreduce-rank", "One process of the all-reduce benchmark.", "bench allreduce") { kind, rank, bytes, rounds, connections, chunk, warmUp };
        command.Hidden = true;
        command.Runs(async (parsed, cancellation) =>
        {
            TorchRuntime.TuneAllocator();
            (var self, var length) = (parsed.GetValue(rank), parsed.GetValue(bytes));
            var way = parsed.GetValue(kind)!;
            await using IAllreduceRank ours = way == "tcp"
                ? new TcpRank(self, length)
                : await CollectiveRank.StartAsync(self, length, way.StartsWith("bfloat16", StringComparison.Ordinal) ? WireType.BFloat16 : WireType.Float32, new CollectiveOptions
                {
                    ConnectionsPerPeer = parsed.GetValue(connections),
                    ChunkBytes = parsed.GetValue(chunk) << 10,
                    SharedMemory = !way.EndsWith(NetworkSuffix, StringComparison.Ordinal),
                });
            Console.WriteLine(ours.Address);
            var addresses = (await Console.In.ReadLineAsync(cancellation) ?? throw new PganException("No addresses came.")).Split(' ');
            await ours.ConnectAsync(addresses, cancellation);
            Console.WriteLine((await MeasureAsync(ours, (int)Math.Max(LeastWarmUpRounds, parsed.GetValue(warmUp) * Gigabyte / length), parsed.GetValue(rounds), cancellation)).ToJson());
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task<AllreduceMeasurement> MeasureAsync(IAllreduceRank rank, int warmUp, int rounds, CancellationToken cancellation)
    {
        var seconds = new double[rounds];
        var cpu = TimeSpan.Zero;
        for (var round = -warmUp; round < rounds; round++)
        {
            await rank.BarrierAsync(cancellation);
            cpu = round == 0 ? Environment.CpuUsage.TotalTime : cpu;
            var start = Stopwatch.GetTimestamp();
            rank.Sum(round + warmUp);
            if (round >= 0)
            {
                seconds[round] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }
        }

        return new AllreduceMeasurement(seconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }
}
