namespace ProjectedGan.Training.Iteration;

/// <summary>Where images come from.</summary>
public enum ImageOrigin
{
    Generated,
    Real,
}
