using System.Globalization;

namespace ProjectedGan.Node.Plots;

/// <summary>
/// A small single-stroke vector font for pictures that are rasterised here: a chart must look the same on every machine, and a server
/// has no fonts to rely on. Letters are pen paths drawn with round ends; see <see cref="StrokeGlyphs"/>.
/// </summary>
public static class StrokeFont
{
    // Font size in grid units (capitals are 14 high, which is 70 % of the size as in common sans-serif fonts), and the space between
    // two letters, pen centre to pen centre.
    private const double GridUnitsPerSize = 20;
    private const double LetterSpace = 3.4;

    // A heavier stroke takes its extra thickness from the gap on both sides.
    private const double BoldLetterSpace = 4.3;
    private const double ArcStepDegrees = 9;

    /// <summary>The width of <paramref name="text"/> in the units of <paramref name="size"/>.</summary>
    public static double Measure(string text, double size, bool bold = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        double units = text.Sum(letter => Glyph(letter).Width) + (Space(bold) * Math.Max(0, text.Length - 1));
        return units * size / GridUnitsPerSize;
    }

    /// <summary>The pen paths of <paramref name="text"/>: polylines relative to the start of the baseline, x to the right and y upwards,
    /// in the units of <paramref name="size"/>. A path of one point is a dot. Unknown characters appear as a question mark.</summary>
    public static IReadOnlyList<IReadOnlyList<ScenePoint>> Outline(string text, double size, bool bold = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<IReadOnlyList<ScenePoint>> paths = [];
        double scale = size / GridUnitsPerSize;
        double x = 0;
        foreach (char letter in text)
        {
            (double width, string pen) = Glyph(letter);
            double left = x;
            foreach (List<ScenePoint> path in Trace(pen))
            {
                paths.Add(path.ConvertAll(point => new ScenePoint((left + point.X) * scale, point.Y * scale)));
            }

            x += width + Space(bold);
        }

        return paths;
    }

    private static double Space(bool bold) => bold ? BoldLetterSpace : LetterSpace;

    private static (double Width, string Pen) Glyph(char letter) =>
        StrokeGlyphs.Table.TryGetValue(letter, out (double Width, string Pen) glyph) ? glyph : StrokeGlyphs.Table['?'];

    private static List<List<ScenePoint>> Trace(string pen)
    {
        List<List<ScenePoint>> paths = [];
        Queue<string> tokens = new(pen.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        double Next() => double.Parse(tokens.Dequeue(), CultureInfo.InvariantCulture);
        while (tokens.TryDequeue(out string? command))
        {
            switch (command)
            {
                case "M":
                case "D":
                    paths.Add([new ScenePoint(Next(), Next())]);
                    break;
                case "L":
                    paths[^1].Add(new ScenePoint(Next(), Next()));
                    break;
                case "A":
                    List<ScenePoint> arc = Arc(new ScenePoint(Next(), Next()), Next(), Next(), (Next(), Next()));
                    Continue(paths, arc);
                    break;
                case "E":
                    paths.Add(Arc(new ScenePoint(Next(), Next()), Next(), Next(), (0, 360)));
                    break;
            }
        }

        return paths;
    }

    // An arc goes on from the pen's position when it starts there; otherwise it is a path of its own.
    private static void Continue(List<List<ScenePoint>> paths, List<ScenePoint> arc)
    {
        bool joins = paths.Count > 0 && Distance(paths[^1][^1], arc[0]) < 1.0;
        if (joins)
        {
            paths[^1].AddRange(arc);
        }
        else
        {
            paths.Add(arc);
        }
    }

    private static double Distance(ScenePoint a, ScenePoint b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y)));

    private static List<ScenePoint> Arc(ScenePoint center, double radiusX, double radiusY, (double From, double To) degrees)
    {
        int steps = Math.Max(1, (int)Math.Ceiling(Math.Abs(degrees.To - degrees.From) / ArcStepDegrees));
        List<ScenePoint> points = new(steps + 1);
        for (int i = 0; i <= steps; i++)
        {
            double angle = (degrees.From + ((degrees.To - degrees.From) * i / steps)) * Math.PI / 180;
            points.Add(new ScenePoint(center.X + (radiusX * Math.Cos(angle)), center.Y + (radiusY * Math.Sin(angle))));
        }

        return points;
    }
}
