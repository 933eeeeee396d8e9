using Grpc.Core;

namespace ProjectedGan.Coordinator.Services;

/// <summary>Lets the two halves of a stream's handler write to it: gRPC takes one message at a time.</summary>
internal sealed class CommandWriter<T>(IServerStreamWriter<T> stream, CancellationToken cancellation) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    public async Task WriteAsync(T command)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await stream.WriteAsync(command, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
