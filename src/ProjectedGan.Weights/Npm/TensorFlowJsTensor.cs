using ProjectedGan.Weights.Sources;

namespace ProjectedGan.Weights.Npm;

/// <summary>How one tensor of a TF.js model is stored.</summary>
/// <param name="Info">Converted name, type and shape.</param>
/// <param name="Layout">Places of the converted elements among the stored ones.</param>
/// <param name="Start">First stored byte.</param>
/// <param name="StoredBytes">Bytes of a stored element.</param>
/// <param name="Quantization">Scale and minimum where the stored elements are quantised, else null.</param>
internal sealed record TensorFlowJsTensor(
    WeightInfo Info, StridedLayout Layout, long Start, int StoredBytes, (double Scale, double Minimum)? Quantization);
