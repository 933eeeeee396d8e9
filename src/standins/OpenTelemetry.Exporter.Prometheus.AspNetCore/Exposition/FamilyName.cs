namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>
/// A family's name in the comments before its samples and in the samples themselves. They differ for OpenMetrics counters alone, whose
/// samples end in <c>_total</c>. OpenMetrics repeats the unit, where there is one, in a comment.
/// </summary>
internal sealed record FamilyName(string Metadata, string Sample, string? Unit)
{
    private const string Total = "_total";

    public static FamilyName Of(string instrument, string instrumentUnit, FamilyKind kind, ExpositionFormat format, ExpositionOptions options)
    {
        string? unit = UnitName.Of(instrumentUnit);
        string name = PrometheusName.OfMetric(instrument);
        bool isCounter = kind == FamilyKind.Counter;
        // A counter may be named with its suffix already; the unit goes before it.
        bool saysTotal = isCounter && name.EndsWith(Total, StringComparison.Ordinal);
        string bare = saysTotal ? name[..^Total.Length] : name;
        if (unit is not null && !bare.EndsWith(unit, StringComparison.Ordinal))
        {
            bare = $"{bare}_{unit}";
        }

        if (format == ExpositionFormat.OpenMetrics)
        {
            return new FamilyName(bare, isCounter ? bare + Total : bare, unit);
        }

        string sample = saysTotal || (isCounter && options.TotalSuffix) ? bare + Total : bare;
        return new FamilyName(sample, sample, unit);
    }
}
