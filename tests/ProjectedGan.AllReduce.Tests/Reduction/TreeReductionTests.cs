using CsCheck;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Reduction;

public class TreeReductionTests
{
    private const int Length = 33;

    public static TheoryData<int> ReplicaCounts => [1, 2, 3, 4, 5, 7, 8];

    [Theory]
    [MemberData(nameof(ReplicaCounts))]
    public void Exchange_EverySplitOverWorkers_HasTheBitsOfTheSerialTree(int replicas)
    {
        using var scope = NewDisposeScope();
        var values = Values(replicas);
        var expected = Bytes.Hash(Serial(new CanonicalTree(replicas).Root, values));
        foreach (var split in Splits.Of(replicas))
        {
            Assert.All(Reduce(values, split, bucket: Length), hash => Assert.Equal(expected, hash));
        }
    }

    [Fact]
    public void Exchange_AnyReplicasValuesSplitAndBuckets_HasTheBitsOfTheSerialTree()
    {
        // Sums of magnitudes this far apart differ in any other order.
        var value = Gen.Select(Gen.Int[-(1 << 24), 1 << 24], Gen.Int[-60, 60], (mantissa, exponent) => (float)Math.ScaleB(mantissa, exponent));
        var reductions = from replicas in Gen.Int[1, 24]
                         from values in value.Array[Length].Array[replicas]
                         from cuts in Gen.Bool.Array[replicas - 1]
                         from bucket in Gen.Int[1, Length]
                         select (values, split: Splits.At(cuts), bucket);
        reductions.Sample(
            reduction =>
            {
                using var scope = NewDisposeScope();
                Tensor[] values = [.. reduction.values.Select(replica => tensor(replica))];
                var expected = Bytes.Hash(Serial(new CanonicalTree(values.Length).Root, values));
                return Reduce(values, reduction.split, reduction.bucket).TrueForAll(hash => hash == expected);
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Exchange_SeveralBuckets_HasTheSameBits()
    {
        using var scope = NewDisposeScope();
        var values = Values(6);
        var expected = Bytes.Hash(Serial(new CanonicalTree(6).Root, values));

        Assert.All(Reduce(values, [1, 3, 2], bucket: 7), hash => Assert.Equal(expected, hash));
    }

    [Theory]
    [MemberData(nameof(ReplicaCounts))]
    public void Accumulator_AnyOrderOfArrival_HasTheBitsOfTheSerialTree(int replicas)
    {
        using var scope = NewDisposeScope();
        var values = Values(replicas);
        var tree = new CanonicalTree(replicas);
        var expected = Bytes.Hash(Serial(tree.Root, values));
        var random = new Random(1);
        for (var trial = 0; trial < 10; trial++)
        {
            using var accumulator = Accumulator(tree, tree.Root);
            var order = Enumerable.Range(0, replicas).ToArray();
            random.Shuffle(order);
            foreach (var replica in order)
            {
                Add(accumulator, replica, values[replica]);
            }
            Assert.Equal(expected, Bytes.Hash(Assert.Single(accumulator.Finish()).Sum));
        }
    }

    [Fact]
    public void Accumulator_AscendingReplicas_NeedsLogarithmicallyManyBuffers()
    {
        var allocated = 0;
        var tree = new CanonicalTree(64);
        using var accumulator = new SubtreeAccumulator(tree, tree.Root, () =>
        {
            allocated++;
            return zeros(Length).DetachFromDisposeScope();
        });
        for (var iteration = 0; iteration < 2; iteration++)
        {
            for (var replica = 0; replica < 64; replica++)
            {
                accumulator.Add(replica, accumulator.Rent().fill_(1));
            }
            Assert.Equal(64f, Assert.Single(accumulator.Finish()).Sum[0].item<float>());
            accumulator.Reset();
        }
        Assert.Equal(7, allocated);
    }

    [Fact]
    public void Finish_ReplicaMissing_Throws()
    {
        var tree = new CanonicalTree(2);
        using var accumulator = Accumulator(tree, tree.Root);
        accumulator.Add(0, accumulator.Rent().fill_(1));

        Assert.Throws<InvalidOperationException>(accumulator.Finish);
    }

    [Fact]
    public async Task Wait_OtherWorkerFails_IsCancelled()
    {
        using var exchange = new InProcessExchange(new CanonicalTree(2), 2);
        using var endpoint = exchange.Join();
        using var sum = zeros(3);
        var pending = endpoint.Submit(new ReductionKey(0, ReductionPhase.Generator, 0), [new SubtreeSum(new ReplicaRange(0, 1), sum)]);
        var wait = Task.Run(() => pending.Wait(CancellationToken.None));

        exchange.Abort();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static List<string> Reduce(Tensor[] values, IReadOnlyList<int> split, int bucket)
    {
        var tree = new CanonicalTree(values.Length);
        using var exchange = new InProcessExchange(tree, split.Count);
        var hashes = new string[split.Count];
        var threads = split.Select((count, index) => new Thread(() =>
        {
            using var scope = NewDisposeScope();
            var first = split.Take(index).Sum();
            using var accumulator = Accumulator(tree, new ReplicaRange(first, first + count));
            for (var replica = first; replica < first + count; replica++)
            {
                Add(accumulator, replica, values[replica]);
            }
            using var endpoint = exchange.Join();
            var partials = accumulator.Finish();
            var pending = Enumerable.Range(0, (Length + bucket - 1) / bucket).Select(number => endpoint.Submit(
                new ReductionKey(0, ReductionPhase.Generator, number),
                [.. partials.Select(partial => new SubtreeSum(
                    partial.Range, partial.Sum.narrow(0, number * bucket, Math.Min(bucket, Length - (number * bucket)))))])).ToList();
            pending.ForEach(reduction => reduction.Wait(CancellationToken.None));
            hashes[index] = Bytes.Hash(partials[0].Sum);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. hashes];
    }

    private static Tensor[] Values(int replicas)
    {
        var random = new Random(replicas);
        return [.. Enumerable.Range(0, replicas).Select(_ => tensor(Enumerable.Range(0, Length)
            .Select(_ => (float)(random.NextDouble() - 0.5) * MathF.Pow(10, random.Next(-3, 4))).ToArray()))];
    }

    private static Tensor Serial(ReplicaRange node, Tensor[] values)
    {
        if (node.Count == 1)
        {
            return values[node.First];
        }
        var (left, right) = CanonicalTree.Children(node);
        return Serial(left, values) + Serial(right, values);
    }

    private static SubtreeAccumulator Accumulator(CanonicalTree tree, ReplicaRange hosted) =>
        new(tree, hosted, () => empty(Length).DetachFromDisposeScope());

    private static void Add(SubtreeAccumulator accumulator, int replica, Tensor values)
    {
        var buffer = accumulator.Rent();
        buffer.copy_(values);
        accumulator.Add(replica, buffer);
    }
}
