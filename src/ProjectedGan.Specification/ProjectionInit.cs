using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>How the random projections are drawn.</summary>
public enum ProjectionInit
{
    /// <summary>PyTorch's default for convolutions: Kaiming-uniform with a = √5, bias included (the authors' code).</summary>
    [JsonStringEnumMemberName("kaiming_uniform")]
    KaimingUniform,

    /// <summary>Kaiming-normal (the paper's wording).</summary>
    [JsonStringEnumMemberName("kaiming_normal")]
    KaimingNormal,
}
