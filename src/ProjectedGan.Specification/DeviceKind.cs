using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>What computes. Kernels of different kinds round differently, so that a run stays on one.</summary>
public enum DeviceKind
{
    [JsonStringEnumMemberName("cpu")]
    Cpu,

    [JsonStringEnumMemberName("cuda")]
    Cuda,
}
