using System.Globalization;
using System.Text;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>The labels of one sample, in the order they were added.</summary>
internal sealed class Labels
{
    private readonly List<(string Name, string Key, string Value)> _entries = [];

    public void Add(string key, object? value) => _entries.Add((PrometheusName.OfLabel(key), key, Text(value)));

    public void Remove(string name) => _entries.RemoveAll(entry => entry.Name == name);

    public bool Has(string name) => _entries.Any(entry => entry.Name == name);

    /// <summary>
    /// <c>name="value",…</c> without braces. Keys that have become the same label share it, their values joined by semicolons in the
    /// keys' order, as the specification says.
    /// </summary>
    public string Format()
    {
        StringBuilder text = new();
        foreach (IGrouping<string, (string Name, string Key, string Value)> label in _entries.GroupBy(entry => entry.Name))
        {
            string value = string.Join(';', label.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value));
            text.Append(text.Length == 0 ? "" : ",").Append(label.Key).Append("=\"").Append(Escape(value)).Append('"');
        }

        return text.ToString();
    }

    public static string Escape(string value) => value.AsSpan().IndexOfAny('\\', '\n', '"') < 0
        ? value
        : value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        Array array => JsonSerializer.Serialize(array, array.GetType()),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
