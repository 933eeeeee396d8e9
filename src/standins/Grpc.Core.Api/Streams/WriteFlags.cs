namespace Grpc.Core;

/// <summary>Hints for one write.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message may wait for the next one before it is flushed.</summary>
    BufferHint = 1,

    /// <summary>The message is sent as it is even when the call compresses.</summary>
    NoCompress = 2,
}
