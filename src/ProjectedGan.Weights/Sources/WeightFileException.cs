using ProjectedGan.Foundation;

namespace ProjectedGan.Weights.Sources;

/// <summary>A weight file cannot be read, written or loaded into a network. The message names the file and what was found.</summary>
public sealed class WeightFileException(string message) : PganException(message);
