using System.Text.Json;

namespace ProjectedGan.Collectives.Framing;

/// <summary>How a stream introduces itself, as JSON in the payload of its first frame.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Epoch">The membership epoch.</param>
/// <param name="Sender">The worker's name.</param>
/// <param name="Group">What the worker takes the group and the shared options to be, as text to compare.</param>
internal sealed record Hello(string Run, long Epoch, string Sender, string Group)
{
    public const int MostBytes = 64 << 10;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads a frame's payload; null if it is no introduction.</summary>
    public static Hello? Read(FrameBuffer frame)
    {
        var header = frame.Header;
        if (header.Magic != FrameHeader.CurrentMagic || header.Kind != FrameKind.Hello || header.PayloadBytes != frame.Length - FrameHeader.Bytes
            || header.PayloadBytes > MostBytes || header.Checksum != FrameChecksum.Compute(header, frame.Payload))
        {
            return null;
        }
        try
        {
            return JsonSerializer.Deserialize<Hello>(frame.Payload) is { Run: not null, Sender: not null, Group: not null } hello ? hello : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
