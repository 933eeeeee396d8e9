namespace ProjectedGan.Evaluation.Distances;

/// <summary>What a covariance divides by. At 50,000 samples the choice is far below the noise of a metric; for small sets it is not.</summary>
public enum CovarianceDivisor
{
    /// <summary>n, as the paper's authors (and StyleGAN) do.</summary>
    Count,

    /// <summary>n − 1, as pytorch-fid and torch-fidelity do.</summary>
    CountMinusOne,
}
