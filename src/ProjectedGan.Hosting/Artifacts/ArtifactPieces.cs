using Google.Protobuf;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>Cuts a stream into messages.</summary>
public static class ArtifactPieces
{
    /// <summary>Sends everything from the stream's position to its end, through one buffer.</summary>
    /// <param name="source">What is sent.</param>
    /// <param name="pieceBytes">Bytes of a piece.</param>
    /// <param name="send">Must have serialised the piece when its task is done, as gRPC's writers have: the buffer is used again.</param>
    /// <param name="cancellation">Ends the sending.</param>
    public static async Task SendAsync(Stream source, int pieceBytes, Func<ByteString, Task> send, CancellationToken cancellation)
    {
        byte[] buffer = new byte[pieceBytes];
        while (await source.ReadAsync(buffer, cancellation) is > 0 and int read)
        {
            await send(UnsafeByteOperations.UnsafeWrap(buffer.AsMemory(0, read)));
        }
    }
}
