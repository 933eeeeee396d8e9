using System.Text.Json.Serialization;

namespace ProjectedGan.Specification;

/// <summary>The fixed random projections on the features (paper, section 3.2).</summary>
public sealed record ProjectionSpec
{
    /// <summary>Which mixing is used. Default <c>ccm_csm</c>.</summary>
    public ProjectionKind Kind { get; init; } = ProjectionKind.CrossScale;

    /// <summary>Channels of the finest projected stage (the reference's cout), 1 to 1024. Default 64.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Doubles the channels from stage to stage. Default true.</summary>
    public bool Expand { get; init; } = true;

    /// <summary>How the projections are drawn. Default <c>kaiming_uniform</c>.</summary>
    public ProjectionInit Init { get; init; } = ProjectionInit.KaimingUniform;
}

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

/// <summary>How the features are projected (paper, section 3.2).</summary>
public enum ProjectionKind
{
    /// <summary>The features as they are (the reference's type 0).</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>Cross-channel mixing: a random 1×1 convolution a stage (type 1).</summary>
    [JsonStringEnumMemberName("ccm")]
    CrossChannel,

    /// <summary>Cross-channel and cross-scale mixing (type 2).</summary>
    [JsonStringEnumMemberName("ccm_csm")]
    CrossScale,
}
