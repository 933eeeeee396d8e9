using System.Text;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Groups;
using ProjectedGan.AllReduce.Reduction;
using ProjectedGan.AllReduce.StateTransfer;
using ProjectedGan.AllReduce.Tests.Support;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.Tests.Transport;

[Trait("Speed", "Slow")]
public class StateTransferTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ReplicaRange[] Split = [new(0, 1), new(1, 2)];

    [Fact]
    public async Task FetchStateAsync_FromEitherSide_CopiesHeaderAndBytes()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        var (sessions, observers) = await cluster.OpenAsync(Split);
        for (var source = 0; source < 2; source++)
        {
            var (image, target) = (Image(source), Image(-1));
            // The request may come first.
            var fetched = sessions[1 - source].FetchStateAsync(sessions[0].Group.Members[source], target, CancellationToken.None);
            using var served = sessions[source].ServeState(image);

            Assert.Equal(image.Header, await fetched.Within("the state"));

            Assert.All(image.Tensors.Zip(target.Tensors), pair => Assert.True(TensorBytes.Span(pair.First).SequenceEqual(TensorBytes.Span(pair.Second))));
            // The sender hears of it when its call returns, a moment after the receiver has everything.
            Assert.True(SpinWait.SpinUntil(() => !observers[source].States.IsEmpty, Patience), "The sender's observer was not told.");
            var bytes = image.Header.Length + image.Tensors.Sum(tensor => tensor.numel() * tensor.element_size());
            Assert.Equal((sessions[0].Group.Members[1 - source].Worker, bytes), Assert.Single(observers[source].States));
        }
    }

    [Fact]
    public async Task FetchStateAsync_OtherSizes_SaysWhich()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        var (sessions, _) = await cluster.OpenAsync(Split);
        using var served = sessions[0].ServeState(Image(0));

        var fewer = await Assert.ThrowsAsync<CollectiveException>(() => sessions[1].FetchStateAsync(
            sessions[0].Group.Members[0], new StateImage([], [zeros([3])]), CancellationToken.None));
        var longer = await Assert.ThrowsAsync<CollectiveException>(() => sessions[1].FetchStateAsync(
            sessions[0].Group.Members[0], new StateImage([], [zeros([3]), zeros([300_001]), zeros([0]), zeros([1], ScalarType.Int64)]), CancellationToken.None));

        Assert.Contains("4 tensors", fewer.Message, StringComparison.Ordinal);
        Assert.Contains("Tensor 1 of worker 'w0' is longer", longer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FetchStateAsync_SourceAborts_FailsAndNobodyReads()
    {
        await using var cluster = await SocketCluster.StartAsync(2);
        var (sessions, observers) = await cluster.OpenAsync(Split);
        var fetched = sessions[1].FetchStateAsync(sessions[0].Group.Members[0], Image(-1), CancellationToken.None);

        sessions[0].Abort(new InvalidOperationException("gone"));

        await Assert.ThrowsAnyAsync<Exception>(() => fetched).Within("the transfer to fail");
        Assert.Empty(observers[1].Unreachable);
        Assert.Throws<ExchangeAbortedException>(() => sessions[0].ServeState(Image(0)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FetchStateAsync_BytesAreDamagedOrCutOff_TheSourceIsSuspectedAndTheSessionEnds(bool breaks)
    {
        await using var cluster = await SocketCluster.StartAsync(2, SocketCluster.SmallOptions with { CreateChannel = address => BadTransfers.Connect(address, breaks) });
        var (sessions, observers) = await cluster.OpenAsync(Split);
        using var served = sessions[0].ServeState(Image(0));

        var failure = await Assert.ThrowsAsync<CollectiveException>(
            () => sessions[1].FetchStateAsync(sessions[0].Group.Members[0], Image(-1), CancellationToken.None)).Within("the transfer to fail");

        var (told, other) = breaks ? (observers[1].Unreachable, observers[1].Damaged) : (observers[1].Damaged, observers[1].Unreachable);
        Assert.Equal(("w0", failure.Message), Assert.Single(told));
        Assert.Empty(other);
        Assert.Same(failure, sessions[1].AbortReason);
    }

    [Fact]
    public void Accept_DamagedOrShortenedTransfer_Throws()
    {
        var pool = new FrameBufferPool();
        FrameBuffer Frame(FrameKind kind, int tensor, long offset, byte[] payload)
        {
            var frame = new MessageFrame(new FrameHeader { Kind = kind, Bucket = tensor, BucketElements = offset }, payload);
            var bytes = new byte[frame.Length];
            frame.WriteTo(bytes);
            return FrameBuffer.Copy(pool, new(bytes));
        }
        using var tensor = zeros([4], ScalarType.Byte);
        StateReceiver Begin()
        {
            var receiver = new StateReceiver("w0", new StateImage([], [tensor]));
            receiver.Accept(Frame(FrameKind.StateHeader, 1, 0, [1]));
            return receiver;
        }

        Assert.Contains("out of order", Assert.Throws<CollectiveException>(() => Begin().Accept(Frame(FrameKind.StateHeader, 1, 0, [1]))).Message, StringComparison.Ordinal);
        Assert.Contains("longer", Assert.Throws<CollectiveException>(() => Begin().Accept(Frame(FrameKind.StateBytes, 0, 0, new byte[5]))).Message, StringComparison.Ordinal);
        Assert.Contains("other sizes", Assert.Throws<CollectiveException>(() => Begin().Accept(Frame(FrameKind.StateBytes, 0, 2, new byte[2]))).Message, StringComparison.Ordinal);
        Assert.Contains("ended at tensor 0", Assert.Throws<CollectiveException>(() => Begin().Accept(Frame(FrameKind.StateEnd, 0, 0, new byte[32]))).Message, StringComparison.Ordinal);
        var whole = Begin();
        whole.Accept(Frame(FrameKind.StateBytes, 0, 0, new byte[4]));
        Assert.Contains("SHA-256", Assert.Throws<CollectiveException>(() => whole.Accept(Frame(FrameKind.StateEnd, 0, 0, new byte[32]))).Message, StringComparison.Ordinal);
        var damaged = Frame(FrameKind.StateBytes, 0, 0, new byte[4]);
        damaged.Bytes[^1] = 1;
        Assert.Contains("checksum", Assert.Throws<CollectiveException>(() => Begin().Accept(damaged)).Message, StringComparison.Ordinal);
    }

    private static StateImage Image(int seed)
    {
        Tensor[] tensors = [zeros([3]), zeros([700, 1000]), zeros([0]), zeros([1], ScalarType.Int64)];
        if (seed >= 0)
        {
            var random = new Random(seed);
            Array.ForEach(tensors, tensor => random.NextBytes(TensorBytes.Span(tensor)));
        }
        return new StateImage(Encoding.UTF8.GetBytes($"state {seed}"), tensors);
    }
}
