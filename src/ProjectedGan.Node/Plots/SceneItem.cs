namespace ProjectedGan.Node.Plots;

/// <summary>One thing to draw. Items are painted in order; both back ends (<see cref="SvgWriter"/> and
/// <see cref="SceneRasterizer"/>) know exactly these four.</summary>
public abstract record SceneItem
{
    private SceneItem()
    {
    }

    /// <summary>A filled rectangle.</summary>
    public sealed record Box(ScenePoint TopLeft, double Width, double Height, Rgb Fill) : SceneItem;

    /// <summary>A connected line with round caps and joins.</summary>
    public sealed record Line(IReadOnlyList<ScenePoint> Points, double Thickness, Rgb Color) : SceneItem;

    /// <summary>A filled disc with a rim.</summary>
    public sealed record Dot(ScenePoint Center, double Radius, Rgb Fill, Rgb Rim) : SceneItem;

    /// <summary>One line of text whose baseline passes through <paramref name="Baseline"/>.</summary>
    public sealed record Label(ScenePoint Baseline, string Text, TextStyle Style) : SceneItem;
}
