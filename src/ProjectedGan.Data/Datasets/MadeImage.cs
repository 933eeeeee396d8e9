namespace ProjectedGan.Data.Datasets;

/// <summary>What became of an image.</summary>
/// <param name="Pngs">The PNG; with <see cref="DatasetCreateOptions.Mirror"/> the flipped one follows.</param>
/// <param name="Width">Pixels a row of the image that it was made of, upright.</param>
/// <param name="Height">Rows of that image.</param>
internal sealed record MadeImage(byte[][] Pngs, int Width, int Height);
