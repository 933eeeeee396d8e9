namespace ProjectedGan.Node.Plots;

/// <summary>A picture as a list of items on a background, independent of how it is written.</summary>
public sealed record Scene(int Width, int Height, Rgb Background, IReadOnlyList<SceneItem> Items);
