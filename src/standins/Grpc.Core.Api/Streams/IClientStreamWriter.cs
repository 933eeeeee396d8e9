namespace Grpc.Core;

/// <summary>The stream of requests, which the client ends.</summary>
public interface IClientStreamWriter<in T> : IAsyncStreamWriter<T>
{
    /// <summary>Ends the stream of requests; the call goes on until the server ends it.</summary>
    Task CompleteAsync();
}
