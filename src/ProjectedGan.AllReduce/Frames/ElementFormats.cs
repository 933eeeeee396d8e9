namespace ProjectedGan.AllReduce.Frames;

/// <summary>Sizes of the formats.</summary>
internal static class ElementFormats
{
    /// <summary>Bytes of an element on the wire.</summary>
    public static int WireBytes(this ElementFormat format) => format switch
    {
        ElementFormat.BFloat16 => 2,
        ElementFormat.Float32 => 4,
        ElementFormat.Float64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "No tensor's format."),
    };

    /// <summary>Bytes of an element of the tensor.</summary>
    public static int MemoryBytes(this ElementFormat format) => format == ElementFormat.BFloat16 ? 4 : format.WireBytes();
}

/// <summary>What a frame's payload is made of; the numbers are those of <c>WireType</c> in protos/pgan/v1/collective.proto.</summary>
internal enum ElementFormat : byte
{
    /// <summary>No tensor.</summary>
    None = 0,
    Float32 = 1,
    BFloat16 = 2,
    Float64 = 3,
}
