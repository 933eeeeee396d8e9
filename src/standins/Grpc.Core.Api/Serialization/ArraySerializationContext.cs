using System.Buffers;

namespace Grpc.Core;

/// <summary>Collects one message in an array.</summary>
internal sealed class ArraySerializationContext : SerializationContext
{
    private readonly ArrayBufferWriter<byte> _writer = new();
    private byte[]? _payload;

    /// <exception cref="InvalidOperationException">The serializer did not complete the message.</exception>
    public byte[] Payload => _payload ?? throw new InvalidOperationException("The serializer did not complete its message.");

    public override void Complete(byte[] payload)
    {
        if (_payload is not null)
        {
            throw new InvalidOperationException("The serializer completed its message twice.");
        }

        _payload = payload;
    }

    public override void Complete() => Complete(_writer.WrittenSpan.ToArray());

    public override IBufferWriter<byte> GetBufferWriter() => _writer;
}
