namespace ProjectedGan.Training.Augmentation;

/// <summary>A blur in front of the discriminator that fades linearly over the first images of a run.</summary>
/// <param name="InitialSigma">Standard deviation at the start, in pixels.</param>
/// <param name="FadeImages">Images seen when it is gone; 0 for no blur at all.</param>
public sealed record BlurSchedule(double InitialSigma, long FadeImages)
{
    /// <summary>Standard deviation after so many images, in pixels.</summary>
    public double SigmaAt(long imagesSeen) => FadeImages > 0 ? Math.Max(1 - imagesSeen / (double)FadeImages, 0) * InitialSigma : 0;
}
