using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Services;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;

namespace ProjectedGan.Coordinator.Tests.Services;

public sealed class CoordinationMetricsTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<FakeTimeProvider>()
        .AddSingleton<TimeProvider>(services => services.GetRequiredService<FakeTimeProvider>())
        .AddSingleton<CoordinationInstruments>().AddSingleton<EvaluationInstruments>().AddSingleton<CoordinationMetrics>().BuildServiceProvider();

    private CoordinationMetrics Metrics => _services.GetRequiredService<CoordinationMetrics>();

    private FakeTimeProvider Time => _services.GetRequiredService<FakeTimeProvider>();

    [Fact]
    public void Evaluated_AWorseSnapshot_ShowsItsValueAndTheBest()
    {
        SnapshotRecord better = Snapshot(images: 100, distance: 20, recall: 0.1), worse = Snapshot(images: 200, distance: 30, recall: 0.4);

        Metrics.Evaluated("exp", worse, [better, worse]);

        Assert.Equal(["exp fd mobilenet_v2 30", "exp recall mobilenet_v2 0.4"], Read("pgan.evaluation.metric.value"));
        Assert.Equal(["exp fd mobilenet_v2 20", "exp recall mobilenet_v2 0.4"], Read("pgan.evaluation.metric.best"));
        Assert.Equal(["exp 50"], Read("pgan.evaluation.snapshot.iteration"));
    }

    [Fact]
    public void Evaluated_RecallFallingWhileTheDistanceImproves_ShowsTheShareThatWasLost()
    {
        SnapshotRecord[] all = [Snapshot(images: 100, distance: 30, recall: 0.4), Snapshot(images: 200, distance: 25, recall: 0.3), Snapshot(images: 300, distance: 20, recall: 0.1)];
        Metrics.Evaluated("exp", all[1], all[..2]);
        Assert.Equal(["exp 0"], Read("pgan.evaluation.recall.loss"));

        Metrics.Evaluated("exp", all[2], all);
        Metrics.Evaluated("other", all[0] with { Metrics = [all[0].Metrics[0]] }, [all[0]]);

        Assert.Equal(["exp 0.75"], Read("pgan.evaluation.recall.loss"));
    }

    [Fact]
    public void ExperimentEnded_AfterAnEvaluation_RemovesItsValuesAfterSomeScrapes()
    {
        Metrics.Evaluated("exp", Snapshot(images: 100, distance: 20, recall: 0.1), [Snapshot(images: 100, distance: 20, recall: 0.1)]);

        Metrics.ExperimentEnded("exp");

        Time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(2, Read("pgan.evaluation.metric.value").Length);
        // Told again, which changes nothing.
        Metrics.ExperimentEnded("exp");
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(Read("pgan.evaluation.metric.value"));
        Assert.Empty(Read("pgan.evaluation.metric.best"));
    }

    [Fact]
    public void ExperimentLeft_RemovesAllOfItAtOnce()
    {
        Metrics.Progressed("exp", iteration: 5, images: 80, workers: 2, epoch: 1);
        Metrics.Evaluated("exp", Snapshot(images: 100, distance: 20, recall: 0.1), [Snapshot(images: 100, distance: 20, recall: 0.1)]);
        Assert.Equal(["exp 5"], Read("pgan.experiment.iteration"));

        Metrics.ExperimentLeft("exp");

        Assert.All(["pgan.experiment.iteration", "pgan.experiment.workers", "pgan.evaluation.metric.value", "pgan.evaluation.metric.best", "pgan.evaluation.recall.loss"], name => Assert.Empty(Read(name)));
    }

    [Fact]
    public void Evaluated_AfterTheEnd_IsShownForSomeScrapes()
    {
        Metrics.ExperimentEnded("exp");
        Time.Advance(TimeSpan.FromMinutes(14));

        Metrics.Evaluated("exp", Snapshot(images: 100, distance: 20, recall: 0.1), [Snapshot(images: 100, distance: 20, recall: 0.1)]);

        Time.Advance(TimeSpan.FromMinutes(14));
        Assert.Equal(["exp fd mobilenet_v2 20", "exp recall mobilenet_v2 0.1"], Read("pgan.evaluation.metric.value"));
        Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(Read("pgan.evaluation.metric.value"));
    }

    [Fact]
    public void ExperimentResumed_AfterAFailure_KeepsItsValues()
    {
        Metrics.Evaluated("exp", Snapshot(images: 100, distance: 20, recall: 0.1), [Snapshot(images: 100, distance: 20, recall: 0.1)]);
        Metrics.ExperimentEnded("exp");

        Metrics.Progressed("exp", 1, 4, 2, 1);

        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, Read("pgan.evaluation.metric.value").Length);
    }

    public void Dispose() => _services.Dispose();

    private static SnapshotRecord Snapshot(long images, double distance, double recall) => new()
    {
        Images = images,
        Iteration = images / 4,
        Metrics =
        [
            new MetricRecord { Metric = "fd_mobilenet_v2", Value = distance, Samples = 100 },
            new MetricRecord { Metric = "recall_mobilenet_v2", Value = recall, Samples = 100 },
        ],
    };

    private string[] Read(string instrument)
    {
        List<string> read = [];
        var factory = _services.GetRequiredService<IMeterFactory>();
        using MeterListener listener = new()
        {
            InstrumentPublished = (published, own) =>
            {
                if (published.Name == instrument && published.Meter.Scope == factory)
                {
                    own.EnableMeasurementEvents(published);
                }
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
            read.Add(FormattableString.Invariant($"{string.Join(' ', tags.ToArray().Where(tag => tag.Value is string).Select(tag => tag.Value))} {value}")));
        listener.Start();
        listener.RecordObservableInstruments();
        return [.. read.Order(StringComparer.Ordinal)];
    }
}
