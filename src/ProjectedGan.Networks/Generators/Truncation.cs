namespace ProjectedGan.Networks.Generators;

/// <summary>The truncation trick (Karras et al. 2019, appendix B): styles are moved towards the average, for better and more uniform images.</summary>
/// <param name="Psi">What stays of the distance from the average: 1 leaves the styles, 0 gives the average image.</param>
/// <param name="Layers">How many styles are moved, from the coarsest; null for all.</param>
public sealed record Truncation(double Psi, int? Layers = null);
