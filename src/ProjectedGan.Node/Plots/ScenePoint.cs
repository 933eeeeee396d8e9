namespace ProjectedGan.Node.Plots;

/// <summary>A point of a scene: x to the right, y downwards, in scene units (one unit is one SVG pixel).</summary>
public readonly record struct ScenePoint(double X, double Y);
