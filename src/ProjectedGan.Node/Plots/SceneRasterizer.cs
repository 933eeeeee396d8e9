namespace ProjectedGan.Node.Plots;

/// <summary>Paints a scene into 8-bit RGB pixels with analytic anti-aliasing: a pixel is covered by as much as its centre lies inside
/// the stroke's outline, so lines of any slope and the stroke font look smooth without supersampling.</summary>
public static class SceneRasterizer
{
    private const double RimThickness = 1;

    /// <summary>Rasterises <paramref name="scene"/>.</summary>
    /// <param name="scene">The picture.</param>
    /// <param name="scale">Pixels per scene unit, at least 1; 2 gives a picture that is sharp on dense displays.</param>
    /// <returns>Pixels [H, W, 3] in row-major order with H = scale × scene height and W = scale × scene width.</returns>
    public static RasterImage Render(Scene scene, int scale)
    {
        ArgumentNullException.ThrowIfNull(scene);
        ArgumentOutOfRangeException.ThrowIfLessThan(scale, 1);
        RasterImage image = new(scene.Width * scale, scene.Height * scale);
        image.Fill(0, 0, image.Width, image.Height, scene.Background);
        foreach (SceneItem item in scene.Items)
        {
            Paint(image, item, scale);
        }

        return image;
    }

    private static void Paint(RasterImage image, SceneItem item, int scale)
    {
        switch (item)
        {
            case SceneItem.Box box:
                image.Fill(Pixel(box.TopLeft.X), Pixel(box.TopLeft.Y), Pixel(box.TopLeft.X + box.Width), Pixel(box.TopLeft.Y + box.Height), box.Fill);
                break;
            case SceneItem.Line line:
                Coverage stroke = new(image.Width, image.Height);
                stroke.Stroke([.. line.Points.Select(Scaled)], line.Thickness * scale);
                stroke.Blend(image, line.Color);
                break;
            case SceneItem.Dot dot:
                PaintDot(image, Scaled(dot.Center), (dot.Radius + (RimThickness / 2)) * scale, dot.Rim);
                PaintDot(image, Scaled(dot.Center), (dot.Radius - (RimThickness / 2)) * scale, dot.Fill);
                break;
            case SceneItem.Label label:
                PaintLabel(image, label, scale);
                break;
        }

        int Pixel(double value) => (int)Math.Round(value * scale);
        ScenePoint Scaled(ScenePoint point) => new(point.X * scale, point.Y * scale);
    }

    private static void PaintDot(RasterImage image, ScenePoint center, double radius, Rgb color)
    {
        Coverage disc = new(image.Width, image.Height);
        disc.Stroke([center], radius * 2);
        disc.Blend(image, color);
    }

    private static void PaintLabel(RasterImage image, SceneItem.Label label, int scale)
    {
        TextStyle style = label.Style;
        double shift = style.Anchor switch
        {
            TextAnchor.Middle => -0.5,
            TextAnchor.End => -1.0,
            _ => 0.0,
        } * StrokeFont.Measure(label.Text, style.Size, style.Bold);
        Coverage coverage = new(image.Width, image.Height);
        double thickness = style.Size * (style.Bold ? 0.125 : 0.085) * scale;
        foreach (IReadOnlyList<ScenePoint> path in StrokeFont.Outline(label.Text, style.Size, style.Bold))
        {
            bool dot = path.Count == 1;
            coverage.Stroke([.. path.Select(Placed)], dot ? thickness * 1.35 : thickness);
        }

        coverage.Blend(image, style.Color);

        ScenePoint Placed(ScenePoint point) => style.Upwards
            ? new((label.Baseline.X - point.Y) * scale, (label.Baseline.Y - point.X - shift) * scale)
            : new((label.Baseline.X + point.X + shift) * scale, (label.Baseline.Y - point.Y) * scale);
    }
}
