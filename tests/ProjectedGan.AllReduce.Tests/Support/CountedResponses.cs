using Grpc.Net.Client;
using ProjectedGan.AllReduce.Transport;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Counts the bytes that come over a caller's connections.</summary>
internal sealed class CountedResponses
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public GrpcChannel Connect(Uri address)
    {
        var sockets = PeerChannels.Handler();
        sockets.PlaintextStreamFilter = (connection, _) => ValueTask.FromResult<Stream>(new Counted(connection.PlaintextStream, this));
        return GrpcChannel.ForAddress(address, PeerChannels.Options(sockets));
    }

    private sealed class Counted(Stream inner, CountedResponses owner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            Interlocked.Add(ref owner._bytes, count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
