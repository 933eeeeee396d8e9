using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.Transport;

namespace ProjectedGan.AllReduce.Tests.Support;

/// <summary>Frames made or altered by hand.</summary>
internal static class TestFrames
{
    /// <summary>A whole frame of a session.</summary>
    public static byte[] Make(CollectiveSession sender, byte[] payload, Func<FrameHeader, FrameHeader> set)
    {
        var frame = new MessageFrame(set(sender.Template), payload);
        var bytes = new byte[frame.Length];
        frame.WriteTo(bytes);
        return bytes;
    }

    /// <summary>The same frame with other header fields and a right check.</summary>
    public static byte[] Alter(byte[] frame, Func<FrameHeader, FrameHeader> change)
    {
        var altered = (byte[])frame.Clone();
        var header = change(FrameHeader.Read(altered));
        header.Checksum = FrameChecksum.Compute(header, altered.AsSpan(FrameHeader.Bytes));
        header.Write(altered);
        return altered;
    }
}
