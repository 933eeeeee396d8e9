using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus.Exposition;

/// <summary>All metrics of one name: both formats want their samples together, under one set of comments.</summary>
internal sealed class Family(FamilyName name, FamilyKind kind)
{
    private readonly List<Metric> _members = [];

    public FamilyName Name { get; } = name;

    public FamilyKind Kind { get; } = kind;

    public IReadOnlyList<Metric> Members => _members;

    /// <summary>Whether a metric of another kind claims the name; neither can be shown then.</summary>
    public bool IsContradictory { get; private set; }

    /// <summary>The first description that a member has.</summary>
    public string Help => _members.Select(member => member.Description).FirstOrDefault(description => !string.IsNullOrEmpty(description)) ?? "";

    public void Add(Metric metric, FamilyKind kind)
    {
        _members.Add(metric);
        IsContradictory |= kind != Kind;
    }

    public static IReadOnlyCollection<Family> Of(in Batch<Metric> batch, ExpositionFormat format, ExpositionOptions options)
    {
        OrderedDictionary<string, Family> families = new(StringComparer.Ordinal);
        foreach (Metric metric in batch)
        {
            if (FamilyKinds.Of(metric.MetricType) is not { } kind)
            {
                continue;
            }

            FamilyName name = FamilyName.Of(metric.Name, metric.Unit, kind, format, options);
            if (!families.TryGetValue(name.Metadata, out Family? family))
            {
                family = new Family(name, kind);
                families.Add(name.Metadata, family);
            }

            family.Add(metric, kind);
        }

        return families.Values;
    }
}
