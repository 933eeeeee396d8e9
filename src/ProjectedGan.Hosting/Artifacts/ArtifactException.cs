using Google.Rpc;
using Grpc.Core;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Serving;

namespace ProjectedGan.Hosting.Artifacts;

/// <summary>An artifact cannot be stored, found or trusted.</summary>
public sealed class ArtifactException(ArtifactFault fault, string message, Exception? inner = null) : PganException(message, inner)
{
    public ArtifactFault Fault { get; } = fault;

    /// <summary>Puts a failure of the file system into the words of the store.</summary>
    /// <param name="what">What was being done, as the beginning of a sentence.</param>
    /// <param name="error">The failure.</param>
    public static ArtifactException From(string what, Exception error) => IsDiskFull(error)
        ? new(ArtifactFault.DiskFull, $"{what}: the disk is full. Nothing that was stored is lost; free some space and try again, it goes on where it stopped.", error)
        : new(ArtifactFault.Unreadable, $"{what}: {error.Message.TrimEnd('.')}.", error);

    /// <summary>Whether the same can succeed here once somebody has made room, or brought back what the coordinator lacks.</summary>
    public static bool Passes(Exception? error) => error is not null
        && (error is ArtifactException { Fault: ArtifactFault.DiskFull or ArtifactFault.Missing } || IsDiskFull(error) || Passes(error.InnerException));

    private static bool IsDiskFull(Exception error)
    {
        // ENOSPC and EDQUOT as .NET reports them on Unix, and ERROR_DISK_FULL.
        const int NoSpace = 28, QuotaExceeded = 122, WindowsDiskFull = unchecked((int)0x80070070);
        return error is IOException { HResult: NoSpace or QuotaExceeded or WindowsDiskFull };
    }
}

/// <summary>What is wrong with an artifact, as callers tell it apart.</summary>
public enum ArtifactFault
{
    /// <summary>A name, length or offset that cannot be.</summary>
    Invalid,

    /// <summary>It is not here as a whole.</summary>
    Missing,

    /// <summary>The bytes are not those of its name.</summary>
    Damaged,

    /// <summary>It is larger than the store takes.</summary>
    TooLarge,

    /// <summary>The disk has no room; what had arrived is kept.</summary>
    DiskFull,

    /// <summary>Another upload of the same artifact is under way.</summary>
    Busy,

    /// <summary>The folder cannot be read or written.</summary>
    Unreadable,
}

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
