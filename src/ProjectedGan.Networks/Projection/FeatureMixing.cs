namespace ProjectedGan.Networks.Projection;

/// <summary>How a projector mixes features (paper, section 3.2); the reference's <c>proj_type</c>.</summary>
public enum FeatureMixing
{
    /// <summary>Features as they are (type 0).</summary>
    None = 0,

    /// <summary>Cross-channel mixing: a random 1×1 convolution a stage (type 1).</summary>
    CrossChannel = 1,

    /// <summary>Cross-channel and cross-scale mixing: coarser stages are added into finer ones (type 2).</summary>
    CrossScale = 2,
}
