namespace ProjectedGan.Weights.Sources;

/// <summary>Element types that weight files store. The last five exist in safetensors only and have no tensor type here.</summary>
public enum WeightType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
    UInt64,
    UInt32,
    UInt16,
    Float8E4M3,
    Float8E5M2,
}
