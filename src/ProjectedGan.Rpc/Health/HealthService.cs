using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.Hosting;

namespace ProjectedGan.Rpc.Health;

/// <summary>The public health checking protocol over <see cref="ServingStatuses"/>.</summary>
/// <remarks>Watches end when the node stops, so that they do not hold its shutdown up.</remarks>
public sealed class HealthService(ServingStatuses statuses, IHostApplicationLifetime lifetime) : Grpc.Health.V1.Health.HealthBase
{
    /// <inheritdoc/>
    /// <exception cref="RpcException">NOT_FOUND: the service is unknown.</exception>
    public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) => statuses.Get(request.Service) is { } status
        ? Task.FromResult(new HealthCheckResponse { Status = status })
        : throw new RpcException(new Status(StatusCode.NotFound, $"Service '{request.Service}' is unknown here; ask for '' to learn of the whole node."));

    /// <inheritdoc/>
    public override async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        using var watch = statuses.Subscribe(request.Service);
        HealthCheckResponse.Types.ServingStatus? sent = null;
        try
        {
            await foreach (var status in watch.Statuses.ReadAllAsync(end.Token))
            {
                if (status != sent)
                {
                    await responseStream.WriteAsync(new HealthCheckResponse { Status = status }, end.Token);
                    sent = status;
                }
            }
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The client has left, which is how a watch ends.
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The node is stopping."));
        }
    }
}
