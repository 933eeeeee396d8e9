namespace ProjectedGan.AllReduce.Frames;

/// <summary>A frame to be written straight into a transport's buffer.</summary>
internal interface IOutgoingFrame
{
    /// <summary>Bytes with the header.</summary>
    int Length { get; }

    /// <summary>Fills the whole span; called once.</summary>
    void WriteTo(Span<byte> frame);
}
