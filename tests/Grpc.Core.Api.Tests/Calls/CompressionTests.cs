using System.IO.Compression;
using Grpc.Net.Client;
using Grpc.Net.Compression;

namespace Grpc.Core.Api.Tests.Calls;

public class CompressionTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    public async Task Call_CompressedBothWays_ReturnsTheMessage(string encoding)
    {
        ICompressionProvider[] providers = [new GzipCompressionProvider(CompressionLevel.Fastest), new DeflateCompressionProvider(CompressionLevel.Fastest)];
        using var wire = new EncodingRecorder { InnerHandler = new SocketsHttpHandler() };
        await using var server = await EchoServer.StartAsync(configure: options =>
        {
            options.CompressionProviders = [.. providers];
            options.ResponseCompressionAlgorithm = encoding;
        });
        using var channel = GrpcChannel.ForAddress(server.Address, new GrpcChannelOptions { CompressionProviders = [.. providers], HttpHandler = wire });
        string text = new('z', 100_000);

        // The client takes the encoding of its requests from this header and does not send it.
        using var call = new Echo.EchoClient(channel).UnaryAsync(new EchoMessage { Text = text }, new Metadata { { "grpc-internal-encoding-request", encoding } });

        Assert.Equal(text, (await call).Text);
        Assert.Equal(encoding, server.Seen.Encoding);
        Assert.Equal(encoding, wire.Encoding);
    }

    [Fact]
    public async Task NoCompress_OneWrite_IsSentAsItIs()
    {
        await using var server = await EchoServer.StartAsync(configure: options => options.ResponseCompressionAlgorithm = "gzip");
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Echo.EchoClient(channel).Chat(new Metadata { { "grpc-internal-encoding-request", "gzip" } });

        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.NoCompress);
        await call.RequestStream.WriteAsync(new EchoMessage { Text = "plain" });
        Assert.True(await call.ResponseStream.MoveNext());

        Assert.Equal("re: plain", call.ResponseStream.Current.Text);
        await call.RequestStream.CompleteAsync();
    }

    /// <summary>Keeps the encoding of the last response, which the client leaves out of its headers.</summary>
    private sealed class EncodingRecorder : DelegatingHandler
    {
        public string? Encoding { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            Encoding = response.Headers.GetValues("grpc-encoding").Single();
            return response;
        }
    }
}
