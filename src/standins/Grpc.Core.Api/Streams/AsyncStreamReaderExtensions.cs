using Grpc.Core.Utils;

namespace Grpc.Core;

public static class AsyncStreamReaderExtensions
{
    /// <summary>Waits for the next message without a way to stop.</summary>
    public static Task<bool> MoveNext<T>(this IAsyncStreamReader<T> streamReader) =>
        GrpcPreconditions.CheckNotNull(streamReader, nameof(streamReader)).MoveNext(CancellationToken.None);
}
