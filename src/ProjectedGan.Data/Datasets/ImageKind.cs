using ProjectedGan.Data.Images;

namespace ProjectedGan.Data.Datasets;

/// <summary>How many images of a dataset share format, size and channels.</summary>
public sealed record ImageKind(ImageFormat Format, int Width, int Height, int Channels, int Count);
