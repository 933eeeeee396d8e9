using System.Text;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Names in the characters that Prometheus has always taken: <c>[a-zA-Z_:][a-zA-Z0-9_:]*</c>, labels without the colon.</summary>
internal static class PrometheusName
{
    /// <summary>Other characters become an underscore, several in a row one. The SDK takes only names that start with a letter.</summary>
    public static string OfMetric(string name)
    {
        StringBuilder text = new(name.Length);
        foreach (char character in name)
        {
            if (char.IsAsciiLetterOrDigit(character) || character == ':')
            {
                text.Append(character);
            }
            else if (text.Length == 0 || text[^1] != '_')
            {
                text.Append('_');
            }
        }

        return text.ToString();
    }

    /// <summary>Other characters become an underscore each; an empty name is one underscore.</summary>
    public static string OfLabel(string name)
    {
        StringBuilder text = new(name.Length + 1);
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            text.Append('_');
        }

        foreach (char character in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        }

        return text.ToString();
    }
}
