using Google.Protobuf;
using Grpc.Core;
using Grpc.Reflection.V1Alpha;

namespace ProjectedGan.Rpc.Reflection;

/// <summary>The older v1alpha of the reflection protocol, which many tools still ask for. Its messages have the bytes of v1's.</summary>
public sealed class ReflectionAlphaService(ReflectionService current) : ServerReflection.ServerReflectionBase
{
    /// <inheritdoc/>
    public override async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream, IServerStreamWriter<ServerReflectionResponse> responseStream, ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken))
        {
            var answer = current.Answer(Grpc.Reflection.V1.ServerReflectionRequest.Parser.ParseFrom(request.ToByteString()));
            await responseStream.WriteAsync(ServerReflectionResponse.Parser.ParseFrom(answer.ToByteString()), context.CancellationToken);
        }
    }
}
