namespace Grpc.Core;

/// <summary>The stream of responses, which ends when the server's handler returns.</summary>
public interface IServerStreamWriter<in T> : IAsyncStreamWriter<T>
{
}
