using System.Buffers;

namespace Grpc.Core;

/// <summary>The bytes of one received message. A deserializer reads them once, by one of the two methods.</summary>
public abstract class DeserializationContext
{
    public abstract int PayloadLength { get; }

    public virtual byte[] PayloadAsNewBuffer() => throw new NotImplementedException();

    public virtual ReadOnlySequence<byte> PayloadAsReadOnlySequence() => throw new NotImplementedException();
}
