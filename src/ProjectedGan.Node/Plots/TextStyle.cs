namespace ProjectedGan.Node.Plots;

/// <summary>How a label is drawn.</summary>
/// <param name="Size">Font size in scene units.</param>
/// <param name="Color">Colour of the text.</param>
/// <param name="Anchor">Which part of the text stands at its point.</param>
/// <param name="Bold">True for a heavier stroke.</param>
/// <param name="Upwards">True for text that reads from bottom to top.</param>
public sealed record TextStyle(double Size, Rgb Color, TextAnchor Anchor = TextAnchor.Start, bool Bold = false, bool Upwards = false);
