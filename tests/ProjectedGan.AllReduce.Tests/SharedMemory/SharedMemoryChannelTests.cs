using System.Security.Cryptography;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.SharedMemory;
using ProjectedGan.AllReduce.Tests.Support;

namespace ProjectedGan.AllReduce.Tests.SharedMemory;

/// <summary>Both ends of a stream in this process; the region is opened by its offer, as another process does.</summary>
public sealed class SharedMemoryChannelTests : IDisposable
{
    private const int Slots = 3;
    private const int FrameBytes = 10_000;

    private readonly FrameBufferPool _pool = new();
    private readonly MemoryChannel _out;
    private readonly List<int> _streamed = [];
    private readonly SharedMemoryChannel _caller;
    private readonly SharedMemoryChannel _called;
    private readonly SharedRegion _region;

    public SharedMemoryChannelTests()
    {
        (_out, var back) = MemoryChannel.Pair(_pool, _pool, depth: 64);
        _out.Tamper = frame =>
        {
            _streamed.Add(frame.Length);
            return frame;
        };
        _region = SharedRegion.TryCreate(Slots, FrameBytes)!;
        _caller = new SharedMemoryChannel(_out, _region, isCaller: true);
        _called = new SharedMemoryChannel(back, SharedRegion.TryOpen(_region.Offer)!, isCaller: false);
    }

    public void Dispose()
    {
        _caller.Dispose();
        _called.Dispose();
        _pool.Dispose();
    }

    [Fact]
    public async Task WriteAsync_MoreThanFitsTheSlots_EverythingArrivesInOrder()
    {
        byte[][] payloads = [.. Enumerable.Range(0, Slots + 2).Select(_ => RandomNumberGenerator.GetBytes(FrameBytes - FrameHeader.Bytes))];
        foreach (var payload in payloads)
        {
            await _caller.WriteAsync(Message(payload), more: false, CancellationToken.None);
        }

        Assert.Equal([.. Enumerable.Repeat(FrameHeader.Bytes, Slots), FrameBytes, FrameBytes], _streamed);
        foreach (var payload in payloads)
        {
            var frame = await ReadAsync();
            Assert.True(frame.IsWhole);
            Assert.Equal(payload, frame.Payload.ToArray());
            frame.Return();
        }
    }

    [Fact]
    public async Task WriteAsync_SlotWasGivenBack_IsUsedAgain()
    {
        for (var round = 0; round < 5 * Slots; round++)
        {
            await _caller.WriteAsync(Message(new byte[FrameBytes / 2]), more: false, CancellationToken.None);
            (await ReadAsync()).Return();
        }

        Assert.All(_streamed, length => Assert.Equal(FrameHeader.Bytes, length));
    }

    [Fact]
    public async Task WriteAsync_FrameThatIsShortOrLongerThanASlot_GoesOverTheStream()
    {
        await _caller.WriteAsync(Message([1]), more: false, CancellationToken.None);
        await _caller.WriteAsync(Message(new byte[3 * FrameBytes]), more: false, CancellationToken.None);

        Assert.Equal([FrameHeader.Bytes + 1, FrameHeader.Bytes + (3 * FrameBytes)], _streamed);
    }

    [Fact]
    public async Task Dispose_FrameIsStillInUse_ItsMemoryStaysUntilItComesBack()
    {
        var name = _region.Offer.Name.Split(' ')[0];
        await _caller.WriteAsync(Message([.. Enumerable.Repeat((byte)7, 5000)]), more: false, CancellationToken.None);
        var frame = await ReadAsync();

        _called.Dispose();
        _caller.Dispose();

        Assert.Equal(5000, frame.Payload.ToArray().Count(value => value == 7));
        Assert.Contains(name, await File.ReadAllTextAsync("/proc/self/maps"), StringComparison.Ordinal);
        frame.Return();
        Assert.DoesNotContain(name, await File.ReadAllTextAsync("/proc/self/maps"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1, 5000)]
    [InlineData(Slots, 5000)]
    [InlineData(0, FrameHeader.Bytes - 1)]
    [InlineData(0, long.MaxValue)]
    public async Task ReadAsync_PlaceThatDoesNotExist_Throws(int slot, long length)
    {
        await _out.WriteAsync(new MessageFrame(new FrameHeader { Kind = FrameKind.Placed, Bucket = slot, BucketElements = length }, []), more: false, CancellationToken.None);

        await Assert.ThrowsAsync<IOException>(() => _called.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task ReadAsync_SlotThatIsInUse_Throws()
    {
        var place = new MessageFrame(new FrameHeader { Kind = FrameKind.Placed, Bucket = 1, BucketElements = 5000 }, []);
        await _out.WriteAsync(place, more: false, CancellationToken.None);
        await _out.WriteAsync(place, more: false, CancellationToken.None);
        var first = await ReadAsync();

        await Assert.ThrowsAsync<IOException>(() => _called.ReadAsync(CancellationToken.None));
        first.Return();
    }

    [Fact]
    public void TryOpen_OfferThatLeadsElsewhere_OpensNothing()
    {
        var offer = _region.Offer;

        Assert.Null(SharedRegion.TryOpen(offer with { Name = "/memfd:another (deleted)" }));
        Assert.Null(SharedRegion.TryOpen(offer with { Path = "/proc/1/fd/99999" }));
        Assert.Null(SharedRegion.TryOpen(offer with { Slots = 10 * Slots }));
        Assert.Null(SharedRegion.TryOpen(offer with { SlotBytes = 0 }));
        var file = Path.GetTempFileName();
        Assert.Null(SharedRegion.TryOpen(offer with { Path = file, Name = file }));
        File.Delete(file);
    }

    private static MessageFrame Message(byte[] payload) => new(new FrameHeader { Kind = FrameKind.Barrier }, payload);

    private async Task<FrameBuffer> ReadAsync() => (await _called.ReadAsync(CancellationToken.None).Within("a frame"))!;
}
