using System.Diagnostics.CodeAnalysis;
using OpenTelemetry.Metrics;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>
/// Finds a provider's exporter. The SDK shows a provider's readers to the official exporter only, but every exporter knows its provider,
/// once that is built. Thread-safe.
/// </summary>
internal static class ExporterRegistry
{
    private static readonly Lock Gate = new();
    private static readonly List<PrometheusExporter> Exporters = [];

    public static void Add(PrometheusExporter exporter)
    {
        lock (Gate)
        {
            Exporters.Add(exporter);
        }
    }

    public static void Remove(PrometheusExporter exporter)
    {
        lock (Gate)
        {
            Exporters.Remove(exporter);
        }
    }

    public static bool TryFind(MeterProvider provider, [NotNullWhen(true)] out PrometheusExporter? exporter)
    {
        lock (Gate)
        {
            exporter = Exporters.FirstOrDefault(candidate => ReferenceEquals(candidate.ParentProvider, provider));
            return exporter is not null;
        }
    }
}
