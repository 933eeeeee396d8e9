using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using ProjectedGan.Node.Workers;
using ProjectedGan.Telemetry.Collectives;
using ProjectedGan.Telemetry.Training;

namespace ProjectedGan.Node.Tests.Workers;

/// <summary>A worker's instruments, which nobody reads.</summary>
internal static class WorkerMetrics
{
    public static WorkerInstruments Create(IServiceProvider services)
    {
        IMeterFactory factory = services.GetRequiredService<IMeterFactory>();
        return new WorkerInstruments(new TrainingInstruments(factory), new CollectiveInstruments(factory));
    }
}
