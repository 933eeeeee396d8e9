using ProjectedGan.Torch;

namespace ProjectedGan.Networks.WeightFiles;

/// <summary>A weight file cannot be read, written or loaded into a network. The message names the file and what was found.</summary>
public sealed class WeightFileException(string message) : PganException(message);
