using System.Text.Json;
using ProjectedGan.AllReduce.Frames;
using ProjectedGan.AllReduce.SharedMemory;

namespace ProjectedGan.AllReduce.Transport;

/// <summary>How a stream introduces itself, as JSON in the payload of its first frame.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Epoch">The membership epoch.</param>
/// <param name="Sender">The worker's name.</param>
/// <param name="Group">What the worker takes the group and the shared options to be, as text to compare.</param>
/// <param name="Memory">Memory that the caller lets the other end share; in the answer, that it does. Null: none.</param>
internal sealed record Hello(string Run, long Epoch, string Sender, string Group, MemoryOffer? Memory = null)
{
    public const int MostBytes = 64 << 10;

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>Reads a frame's payload; null if it is no introduction.</summary>
    public static Hello? Read(FrameBuffer frame)
    {
        var header = frame.Header;
        if (header.Kind != FrameKind.Hello || header.PayloadBytes > MostBytes || !frame.IsWhole)
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
