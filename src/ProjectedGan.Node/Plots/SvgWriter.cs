using System.Globalization;
using System.Security;
using System.Text;

namespace ProjectedGan.Node.Plots;

/// <summary>Writes a scene as a self-contained SVG document with real text, so that it can be searched and restyled.</summary>
public static class SvgWriter
{
    private const string FontFamily = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    /// <summary>The SVG document of <paramref name="scene"/>.</summary>
    public static string Write(Scene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{scene.Width}\" height=\"{scene.Height}\" ")
            .Append(CultureInfo.InvariantCulture, $"viewBox=\"0 0 {scene.Width} {scene.Height}\" font-family=\"{FontFamily}\">\n")
            .Append(CultureInfo.InvariantCulture, $"<rect width=\"100%\" height=\"100%\" fill=\"{scene.Background.ToCss()}\"/>\n");
        foreach (SceneItem item in scene.Items)
        {
            Append(svg, item);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Append(StringBuilder svg, SceneItem item)
    {
        switch (item)
        {
            case SceneItem.Box box:
                svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{Number(box.TopLeft.X)}\" y=\"{Number(box.TopLeft.Y)}\" ")
                    .Append(CultureInfo.InvariantCulture, $"width=\"{Number(box.Width)}\" height=\"{Number(box.Height)}\" fill=\"{box.Fill.ToCss()}\"/>\n");
                break;
            case SceneItem.Line line:
                svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{line.Color.ToCss()}\" ")
                    .Append(CultureInfo.InvariantCulture, $"stroke-width=\"{Number(line.Thickness)}\" stroke-linecap=\"round\" stroke-linejoin=\"round\" ")
                    .Append("points=\"").AppendJoin(' ', line.Points.Select(Pair)).Append("\"/>\n");
                break;
            case SceneItem.Dot dot:
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Number(dot.Center.X)}\" cy=\"{Number(dot.Center.Y)}\" ")
                    .Append(CultureInfo.InvariantCulture, $"r=\"{Number(dot.Radius)}\" fill=\"{dot.Fill.ToCss()}\" stroke=\"{dot.Rim.ToCss()}\"/>\n");
                break;
            case SceneItem.Label label:
                AppendLabel(svg, label);
                break;
        }
    }

    private static void AppendLabel(StringBuilder svg, SceneItem.Label label)
    {
        string anchor = label.Style.Anchor switch
        {
            TextAnchor.Middle => " text-anchor=\"middle\"",
            TextAnchor.End => " text-anchor=\"end\"",
            _ => "",
        };
        string x = Number(label.Baseline.X);
        string y = Number(label.Baseline.Y);
        string turn = label.Style.Upwards ? $" transform=\"rotate(-90 {x} {y})\"" : "";
        string weight = label.Style.Bold ? " font-weight=\"600\"" : "";
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\" font-size=\"{Number(label.Style.Size)}\"{weight}{anchor}{turn} ")
            .Append(CultureInfo.InvariantCulture, $"fill=\"{label.Style.Color.ToCss()}\">{SecurityElement.Escape(label.Text)}</text>\n");
    }

    private static string Pair(ScenePoint point) => $"{Number(point.X)},{Number(point.Y)}";

    private static string Number(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);
}
