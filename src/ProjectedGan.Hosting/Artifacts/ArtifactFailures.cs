using Google.Rpc;
using Grpc.Core;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>What goes wrong with artifacts, as statuses.</summary>
public sealed class ArtifactFailures : IKnownFailures
{
    /// <inheritdoc/>
    public RpcException? Map(Exception failure) => failure is ArtifactException artifact
        ? StatusMapping.Refuse(CodeOf(artifact.Fault), artifact.Message, new ErrorInfo { Reason = $"ARTIFACT_{Constant(artifact.Fault.ToString())}", Domain = "pgan" })
        : null;

    private static StatusCode CodeOf(ArtifactFault fault) => fault switch
    {
        ArtifactFault.Invalid => StatusCode.InvalidArgument,
        ArtifactFault.Missing => StatusCode.NotFound,
        ArtifactFault.Damaged => StatusCode.DataLoss,
        ArtifactFault.TooLarge or ArtifactFault.DiskFull => StatusCode.ResourceExhausted,
        ArtifactFault.Busy => StatusCode.Aborted,
        _ => StatusCode.Unavailable,
    };

    private static string Constant(string name) => string.Concat(name.Select((letter, index) => index > 0 && char.IsUpper(letter) ? $"_{letter}" : $"{letter}")).ToUpperInvariant();
}
