namespace ProjectedGan.AllReduce.Frames;

/// <summary>What a frame's payload is made of; the numbers are those of <c>WireType</c> in protos/pgan/v1/collective.proto.</summary>
internal enum ElementFormat : byte
{
    /// <summary>No tensor.</summary>
    None = 0,
    Float32 = 1,
    BFloat16 = 2,
    Float64 = 3,
}
