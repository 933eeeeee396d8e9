using Grpc.Net.Client;
using ProjectedGan.AllReduce.Transport;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Lets every transfer of a state go wrong behind its first bytes: by one flipped bit, or by the connection's end.</summary>
internal sealed class BadTransfers(bool breaks) : DelegatingHandler(PeerChannels.Handler())
{
    private const int WholeBytes = 1000;

    public static GrpcChannel Connect(Uri address, bool breaks) => GrpcChannel.ForAddress(address, PeerChannels.Options(new BadTransfers(breaks)));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (request.RequestUri!.AbsolutePath.EndsWith("/FetchState", StringComparison.Ordinal))
        {
            var bad = new StreamContent(new BadStream(await response.Content.ReadAsStreamAsync(cancellationToken), breaks));
            bad.Headers.ContentType = response.Content.Headers.ContentType;
            response.Content = bad;
        }
        return response;
    }

    private sealed class BadStream(Stream whole, bool breaks) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await whole.ReadAsync(buffer, cancellationToken);
            var at = WholeBytes - _read;
            _read += count;
            if (at >= 0 && at < count)
            {
                if (breaks)
                {
                    throw new IOException("The connection was reset.");
                }
                buffer.Span[(int)at] ^= 1;
            }
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            whole.Dispose();
            base.Dispose(disposing);
        }
    }
}
