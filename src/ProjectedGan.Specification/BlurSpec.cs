namespace ProjectedGan.Specification;

/// <summary>A Gaussian blur on everything that the discriminators see, fading out linearly. Off by default, as in the reference.</summary>
public sealed record BlurSpec
{
    /// <summary>Standard deviation in pixels at the start, 0 to 64; 0 turns the blur off. Default 0.</summary>
    public double InitialSigma { get; init; }

    /// <summary>Images after which the blur is gone, 0 or more. Default 0.</summary>
    public long FadeImages { get; init; }

    /// <summary>The standard deviation in pixels once <paramref name="imagesSeen"/> real images have been shown.</summary>
    public double Sigma(long imagesSeen) =>
        FadeImages > 0 ? Math.Max(1 - (imagesSeen / (double)FadeImages), 0) * InitialSigma : 0;
}
