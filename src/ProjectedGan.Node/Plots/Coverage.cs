namespace ProjectedGan.Node.Plots;

/// <summary>How much of each pixel a stroke covers. Overlapping segments of one stroke take the larger coverage instead of adding up,
/// so joins and crossings do not darken.</summary>
internal sealed class Coverage(int width, int height)
{
    private readonly Dictionary<int, float> _alpha = [];

    /// <summary>Adds a polyline with round caps and joins; a single point is a disc.</summary>
    public void Stroke(ReadOnlySpan<ScenePoint> points, double thickness)
    {
        double half = Math.Max(thickness, 1) / 2;
        double strength = Math.Min(thickness, 1);
        if (points.Length == 1)
        {
            Segment(points[0], points[0], half, strength);
        }

        for (int i = 1; i < points.Length; i++)
        {
            Segment(points[i - 1], points[i], half, strength);
        }
    }

    /// <summary>Paints the covered pixels.</summary>
    public void Blend(RasterImage image, Rgb color)
    {
        foreach ((int at, float alpha) in _alpha)
        {
            image.Blend(at % width, at / width, color, alpha);
        }
    }

    private void Segment(ScenePoint from, ScenePoint to, double half, double strength)
    {
        double reach = half + 1;
        int left = Math.Max(0, (int)Math.Floor(Math.Min(from.X, to.X) - reach));
        int right = Math.Min(width - 1, (int)Math.Ceiling(Math.Max(from.X, to.X) + reach));
        int top = Math.Max(0, (int)Math.Floor(Math.Min(from.Y, to.Y) - reach));
        int bottom = Math.Min(height - 1, (int)Math.Ceiling(Math.Max(from.Y, to.Y) + reach));
        for (int y = top; y <= bottom; y++)
        {
            for (int x = left; x <= right; x++)
            {
                double alpha = Math.Clamp(half + 0.5 - Distance(new(x + 0.5, y + 0.5), from, to), 0, 1) * strength;
                int at = (y * width) + x;
                if (alpha > 0 && alpha > _alpha.GetValueOrDefault(at))
                {
                    _alpha[at] = (float)alpha;
                }
            }
        }
    }

    private static double Distance(ScenePoint point, ScenePoint from, ScenePoint to)
    {
        double x = to.X - from.X;
        double y = to.Y - from.Y;
        double length = (x * x) + (y * y);
        double along = length == 0 ? 0 : Math.Clamp((((point.X - from.X) * x) + ((point.Y - from.Y) * y)) / length, 0, 1);
        double dx = point.X - from.X - (along * x);
        double dy = point.Y - from.Y - (along * y);
        return Math.Sqrt((dx * dx) + (dy * dy));
    }
}
