using System.Buffers;

namespace Grpc.Core;

/// <summary>Where a serializer puts one message: either whole, or through a buffer writer that it completes.</summary>
public abstract class SerializationContext
{
    public virtual void Complete(byte[] payload) => throw new NotImplementedException();

    public virtual void Complete() => throw new NotImplementedException();

    public virtual IBufferWriter<byte> GetBufferWriter() => throw new NotImplementedException();

    /// <summary>Announces the length before the buffer writer is asked for.</summary>
    public virtual void SetPayloadLength(int payloadLength)
    {
    }
}
