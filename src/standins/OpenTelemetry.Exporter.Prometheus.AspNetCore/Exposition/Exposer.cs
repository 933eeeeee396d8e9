using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes collected metrics as UTF-8 text in either format.</summary>
internal static class Exposer
{
    public static byte[] Write(in Batch<Metric> batch, Resource resource, ExpositionFormat format, ExpositionOptions options)
    {
        StringBuilder text = new();
        if (options.TargetInfo)
        {
            WriteTargetInfo(text, resource, format);
        }

        SampleWriter samples = new(text, resource, format, options);
        foreach (Family family in Family.Of(batch, format, options))
        {
            if (!family.IsContradictory)
            {
                WriteComments(text, family, format);
                samples.Write(family);
            }
        }

        if (format == ExpositionFormat.OpenMetrics)
        {
            text.Append("# EOF\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteTargetInfo(StringBuilder text, Resource resource, ExpositionFormat format)
    {
        bool open = format == ExpositionFormat.OpenMetrics;
        string name = open ? "target" : "target_info";
        Labels labels = new();
        foreach (KeyValuePair<string, object> attribute in resource.Attributes)
        {
            labels.Add(attribute.Key, attribute.Value);
        }

        text.Append($"# TYPE {name} {(open ? "info" : "gauge")}\n# HELP {name} Target metadata\ntarget_info{{{labels.Format()}}} 1\n");
    }

    private static void WriteComments(StringBuilder text, Family family, ExpositionFormat format)
    {
        string name = family.Name.Metadata;
        text.Append($"# TYPE {name} {FamilyKinds.Text(family.Kind)}\n");
        if (format == ExpositionFormat.OpenMetrics && family.Name.Unit is { } unit)
        {
            text.Append($"# UNIT {name} {unit}\n");
        }

        if (family.Help is { Length: > 0 } help)
        {
            text.Append($"# HELP {name} {EscapeHelp(help, format)}\n");
        }
    }

    // OpenMetrics escapes quotation marks in help texts too.
    private static string EscapeHelp(string help, ExpositionFormat format) => format == ExpositionFormat.OpenMetrics
        ? Labels.Escape(help)
        : help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
