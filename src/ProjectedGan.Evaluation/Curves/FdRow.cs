namespace ProjectedGan.Evaluation.Curves;

/// <summary>One measurement of a run.</summary>
/// <param name="Images">Real images that the discriminator had seen.</param>
/// <param name="Seconds">Training time until then.</param>
/// <param name="FeatureNetwork">The network whose features were compared.</param>
/// <param name="Distance">The Fréchet distance.</param>
public sealed record FdRow(long Images, double Seconds, string FeatureNetwork, double Distance);
