namespace ProjectedGan.AllReduce.Frames;

/// <summary>What a frame says. The numbers are on the wire and never change their meaning.</summary>
internal enum FrameKind : byte
{
    /// <summary>The first frame of a stream, both ways: who speaks and what it takes the group to be.</summary>
    Hello = 1,

    /// <summary>The sender has submitted this bucket and waits for grants for the chunks from <see cref="FrameHeader.Chunk"/> on.</summary>
    Announce = 2,

    /// <summary>The owner has memory for the chunks from <see cref="FrameHeader.Chunk"/> to <see cref="FrameHeader.ChunkEnd"/>.</summary>
    Grant = 3,

    /// <summary>One chunk of the sum of one of the sender's maximal subtrees, to the chunk's owner.</summary>
    Partial = 4,

    /// <summary>One chunk of the sum over all replicas, from its owner.</summary>
    Result = 5,

    /// <summary>The sender has reached a named barrier.</summary>
    Barrier = 6,

    /// <summary>The sender ends the session because of a failure, given as text; the last frame of its stream.</summary>
    Abort = 7,

    /// <summary>A state's header as its owner wrote it; the first frame of a transfer.</summary>
    StateHeader = 8,

    /// <summary>Bytes of tensor <see cref="FrameHeader.Bucket"/> from <see cref="FrameHeader.BucketElements"/> on.</summary>
    StateBytes = 9,

    /// <summary>SHA-256 of the header and all bytes before; the last frame of a transfer.</summary>
    StateEnd = 10,

    /// <summary>The sender is done and will send nothing more; the last frame of its stream.</summary>
    Leave = 11,

    /// <summary>Nothing: stands where a frame was to be whose tensor must not be read any more.</summary>
    Void = 12,

    /// <summary>
    /// A frame of <see cref="FrameHeader.BucketElements"/> bytes, header and all, lies in slot <see cref="FrameHeader.Bucket"/> of the memory that
    /// both ends share.
    /// </summary>
    Placed = 13,
}
