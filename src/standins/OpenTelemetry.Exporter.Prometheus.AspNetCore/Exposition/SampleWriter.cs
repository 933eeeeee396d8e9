using System.Globalization;
using System.Text;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>Writes the samples of a family: one line a point, or a histogram's buckets, sum and count.</summary>
internal sealed class SampleWriter(StringBuilder text, Resource resource, ExpositionFormat format, ExpositionOptions options)
{
    private const string BucketLabel = "le";

    private readonly KeyValuePair<string, object>[] _constants = [.. resource.Attributes.Where(attribute => options.IsConstantLabel(attribute.Key))];

    public void Write(Family family)
    {
        foreach (Metric metric in family.Members)
        {
            foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
            {
                Labels labels = LabelsOf(metric, point);
                if (family.Kind == FamilyKind.Histogram)
                {
                    // The bucket's own label; a tag of that name would make two.
                    labels.Remove(BucketLabel);
                    WriteHistogram(family.Name.Sample, labels.Format(), point);
                }
                else
                {
                    Line(family.Name.Sample, labels.Format(), Value(metric, point));
                }

                // Only OpenMetrics says since when a series counts.
                if (format == ExpositionFormat.OpenMetrics && family.Kind != FamilyKind.Gauge)
                {
                    Line($"{family.Name.Metadata}_created", labels.Format(), UnixSeconds(point.StartTime));
                }
            }
        }
    }

    private static string Value(Metric metric, in MetricPoint point) => metric.MetricType switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => NumberText.Of(point.GetSumLong()),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => NumberText.Of(point.GetSumDouble()),
        MetricType.LongGauge => NumberText.Of(point.GetGaugeLastValueLong()),
        _ => NumberText.Of(point.GetGaugeLastValueDouble()),
    };

    private static string UnixSeconds(DateTimeOffset moment) =>
        ((moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / (decimal)TimeSpan.TicksPerSecond).ToString("0.000", CultureInfo.InvariantCulture);

    private void WriteHistogram(string name, string labels, in MetricPoint point)
    {
        long cumulative = 0;
        bool negative = false;
        string comma = labels.Length == 0 ? "" : ",";
        foreach (HistogramBucket bucket in point.GetHistogramBuckets())
        {
            cumulative += bucket.BucketCount;
            negative |= bucket.ExplicitBound < 0;
            Line($"{name}_bucket", $"{labels}{comma}{BucketLabel}=\"{NumberText.OfBound(bucket.ExplicitBound, format)}\"", NumberText.Of(cumulative));
        }

        // OpenMetrics forbids a sum, and with it a count, where values may be negative: such a sum is no counter.
        if (format == ExpositionFormat.OpenMetrics && negative)
        {
            return;
        }

        Line($"{name}_sum", labels, NumberText.Of(point.GetHistogramSum()));
        Line($"{name}_count", labels, NumberText.Of(point.GetHistogramCount()));
    }

    private void Line(string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private Labels LabelsOf(Metric metric, in MetricPoint point)
    {
        Labels labels = new();
        if (options.ScopeLabels)
        {
            AddScope(labels, metric);
        }

        foreach (KeyValuePair<string, object?> tag in point.Tags)
        {
            labels.Add(tag.Key, tag.Value);
        }

        foreach (KeyValuePair<string, object> constant in _constants)
        {
            // A sample's own label says more than the resource's.
            if (!labels.Has(PrometheusName.OfLabel(constant.Key)))
            {
                labels.Add(constant.Key, constant.Value);
            }
        }

        return labels;
    }

    private static void AddScope(Labels labels, Metric metric)
    {
        labels.Add("otel_scope_name", metric.MeterName);
        if (!string.IsNullOrEmpty(metric.MeterVersion))
        {
            labels.Add("otel_scope_version", metric.MeterVersion);
        }

        if (!string.IsNullOrEmpty(metric.MeterSchemaUrl))
        {
            labels.Add("otel_scope_schema_url", metric.MeterSchemaUrl);
        }

        foreach (KeyValuePair<string, object?> tag in metric.MeterTags ?? [])
        {
            if (tag.Key is not ("name" or "version" or "schema_url"))
            {
                labels.Add($"otel_scope_{tag.Key}", tag.Value);
            }
        }
    }
}
