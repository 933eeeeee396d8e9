namespace ProjectedGan.Networks.Projection;

/// <summary>The shape of a feature projector.</summary>
public sealed record FeatureProjectorOptions
{
    /// <summary>Which mixing is used.</summary>
    public FeatureMixing Mixing { get; init; } = FeatureMixing.CrossScale;

    /// <summary>Channels of the finest projected stage, at least 1; the reference's <c>cout</c>.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Doubles the channels from stage to stage.</summary>
    public bool Expand { get; init; } = true;

    /// <summary>How the projections are drawn.</summary>
    public ProjectionInitialization Initialization { get; init; } = ProjectionInitialization.KaimingUniform;
}
