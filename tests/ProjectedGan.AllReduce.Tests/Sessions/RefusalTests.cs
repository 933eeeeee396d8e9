using System.Collections.Concurrent;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.Tests.Support;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Sessions;

public class RefusalTests
{
    private static readonly ReplicaRange[] Split = [new(0, 1), new(1, 2)];
    private static readonly Replicas Values = new(2, 20_000, ScalarType.Float32, WireType.Float32, 5);
    private static readonly ReductionKey Key = new(10, ReductionPhase.Generator, 0);

    public static TheoryData<RefusalReason, string> Alterations => new()
    {
        { RefusalReason.ForeignRun, nameof(FrameHeader.RunHash) },
        { RefusalReason.StaleEpoch, nameof(FrameHeader.Epoch) },
        { RefusalReason.WrongSender, nameof(FrameHeader.Sender) },
        { RefusalReason.Malformed, nameof(FrameHeader.Kind) },
        { RefusalReason.Unsolicited, nameof(FrameHeader.Chunk) },
        { RefusalReason.Unsolicited, nameof(FrameHeader.NodeFirst) },
    };

    [Theory]
    [MemberData(nameof(Alterations))]
    public async Task Receive_FrameThatDoesNotBelong_IsRefusedCountedAndNeverAdded(RefusalReason reason, string field)
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var first = true;
        cluster[1, 0].Tamper = frame =>
        {
            if (first && FrameHeader.Read(frame).Kind == FrameKind.Partial)
            {
                first = false;
                var altered = TestFrames.Alter(frame, header => Change(header, field));
                // Before the genuine frame, so that adding it would show.
                Assert.True(cluster[1, 0].InjectAsync(altered, CancellationToken.None).AsTask().IsCompletedSuccessfully);
            }
            return frame;
        };

        // The receiver first: what comes before its submission is set aside, and two such frames would exceed the credit.
        IPendingReduction[] pending = [.. cluster.Sessions.Select((session, worker) => session.Submit(Key, Values.Partials(Split[worker])))];
        var sums = await Task.Run(() => pending.Select(sum => sum.Wait(CancellationToken.None)).ToArray()).Within("the sums");

        Assert.All(sums, sum => Assert.True(Values.Expected().AsSpan().SequenceEqual(TensorBytes.Span(sum))));
        Assert.Equal([("w1", reason)], cluster.Observers[0].Refusals);
    }

    [Fact]
    public async Task Receive_EveryFrameTwice_AddsEachOnce()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32, new CollectiveOptions { ChunkBytes = 4096, EagerBytes = 8192, GrantedBytes = 8192 });
        var seen = new ConcurrentBag<byte[]>();
        cluster[1, 0].Tamper = frame =>
        {
            seen.Add(frame);
            return frame;
        };
        await Sums.AssertEqualAsync(cluster.Sessions, Values, Key);
        cluster[1, 0].Tamper = frame => frame;
        var frames = seen.ToArray();
        foreach (var frame in frames)
        {
            await cluster[1, 0].InjectAsync(frame, CancellationToken.None);
        }
        await Timeouts.Until(() => cluster.Observers[0].Refusals.Count == frames.Length, "the repeated frames to be refused");

        await Sums.AssertEqualAsync(cluster.Sessions, Values, Key with { Iteration = 11 });

        Assert.All(cluster.Observers[0].Refusals, refusal => Assert.Equal(("w1", RefusalReason.StaleKey), refusal));
    }

    [Fact]
    public async Task Receive_PartialTwiceWhileTheSumIsOpen_IsADuplicate()
    {
        await using var cluster = new MemoryCluster([new(0, 1), new(1, 2), new(2, 3)], WireType.Float32);
        var values = new Replicas(3, 100, ScalarType.Float32, WireType.Float32, 5);
        var key = Key with { Bucket = 0 };
        var owner = (int)key.Phase + key.Bucket;
        var sent = new TaskCompletionSource<byte[]>();
        cluster[1, owner].Tamper = frame =>
        {
            sent.TrySetResult(frame);
            return frame;
        };
        var mine = cluster.Sessions[owner].Submit(key, values.Partials(new(owner, owner + 1)));
        _ = cluster.Sessions[1].Submit(key, values.Partials(new(1, 2)));
        await cluster[1, owner].InjectAsync(await sent.Task.Within("the partial sum"), CancellationToken.None);
        await Timeouts.Until(() => !cluster.Observers[owner].Refusals.IsEmpty, "the duplicate to be refused");
        _ = cluster.Sessions[2].Submit(key, values.Partials(new(2, 3)));

        var sum = await Task.Run(() => mine.Wait(CancellationToken.None)).Within("the sum");

        Assert.Equal([("w1", RefusalReason.Duplicate)], cluster.Observers[owner].Refusals);
        Assert.True(values.Expected().AsSpan().SequenceEqual(TensorBytes.Span(sum)));
    }

    [Fact]
    public async Task Receive_ResultBeforeTheContribution_IsRefused()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var result = TestFrames.Make(cluster.Sessions[1], new byte[400], header =>
        {
            (header.Kind, header.Phase, header.Format, header.Iteration, header.BucketElements) = (FrameKind.Result, 1, ElementFormat.Float32, Key.Iteration, 100);
            return header;
        });
        await cluster[1, 0].InjectAsync(result, CancellationToken.None);
        await Timeouts.Until(() => !cluster.Observers[0].Refusals.IsEmpty, "the result to be refused");

        Assert.Equal([("w1", RefusalReason.Unsolicited)], cluster.Observers[0].Refusals);
    }

    [Fact]
    public async Task Receive_DamagedFrame_EndsTheSessionsWithoutASum()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        cluster[1, 0].Tamper = frame =>
        {
            if (FrameHeader.Read(frame).Kind == FrameKind.Partial)
            {
                frame[^1] ^= 1;
            }
            return frame;
        };
        var pending = cluster.Sessions.Select((session, worker) => session.Submit(Key, Values.Partials(Split[worker]))).ToArray();

        await Task.Run(() => Assert.All(pending, sum => Assert.Throws<ExchangeAbortedException>(() => sum.Wait(CancellationToken.None)))).Within("the waits to end");

        Assert.Equal("w1", Assert.Single(cluster.Observers[0].Damaged).Worker);
        Assert.Contains("ended the exchange", cluster.Sessions[1].AbortReason!.Message, StringComparison.Ordinal);
        Assert.All(cluster.Observers, observer => Assert.Empty(observer.Unreachable));
    }

    [Fact]
    public async Task Submit_LengthsThatDiffer_EndsTheSessionsAndNamesTheWorker()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        var longer = new Replicas(2, 20_001, ScalarType.Float32, WireType.Float32, 5);
        IPendingReduction[] pending = [cluster.Sessions[0].Submit(Key, Values.Partials(Split[0])), cluster.Sessions[1].Submit(Key, longer.Partials(Split[1]))];

        await Task.Run(() => Assert.All(pending, sum => Assert.Throws<ExchangeAbortedException>(() => sum.Wait(CancellationToken.None)))).Within("the waits to end");

        Assert.Contains(cluster.Sessions, session => session.AbortReason!.Message.Contains("differs from this worker", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Receive_MoreThanTheCredit_EndsTheSession()
    {
        await using var cluster = new MemoryCluster(Split, WireType.Float32);
        // The credit is four frames less their headers: the fourth exceeds it.
        for (var bucket = 0; bucket < 4; bucket++)
        {
            var frame = TestFrames.Make(cluster.Sessions[1], new byte[4096], header =>
            {
                (header.Kind, header.Phase, header.Format, header.Bucket, header.BucketElements, header.NodeFirst, header.NodeEnd) =
                    (FrameKind.Partial, 1, ElementFormat.Float32, 2 * bucket, 1024, 1, 2);
                return header;
            });
            await cluster[1, 0].InjectAsync(frame, CancellationToken.None);
        }
        await Timeouts.Until(() => cluster.Sessions[0].AbortReason is not null, "the session to end");

        Assert.Contains("unasked", cluster.Sessions[0].AbortReason!.Message, StringComparison.Ordinal);
        Assert.InRange(cluster.Pools[0].MostRentedBytes, 1, cluster.Options.EagerBytes + 4096 + 80);
    }

    private static FrameHeader Change(FrameHeader header, string field)
    {
        switch (field)
        {
            case nameof(FrameHeader.RunHash): header.RunHash ^= 1; break;
            case nameof(FrameHeader.Epoch): header.Epoch--; break;
            case nameof(FrameHeader.Sender): header.Sender = 0; break;
            case nameof(FrameHeader.Kind): header.Kind = (FrameKind)200; break;
            case nameof(FrameHeader.Chunk): header.Chunk += 100; break;
            default: header.NodeFirst = 0; break;
        }
        return header;
    }
}
