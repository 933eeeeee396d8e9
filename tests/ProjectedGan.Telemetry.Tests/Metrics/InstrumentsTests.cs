using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using ProjectedGan.Telemetry.Coordination;
using ProjectedGan.Telemetry.Evaluation;
using ProjectedGan.Telemetry.Gauges;
using ProjectedGan.Telemetry.Tests.Hosting;
using ProjectedGan.Telemetry.Training;

namespace ProjectedGan.Telemetry.Tests.Metrics;

public class InstrumentsTests
{
    [Fact]
    public async Task Values_OfEveryInstrument_ReachTheScrape()
    {
        await using var host = await NodeHost.StartAsync();
        Measurements.RecordAll(host);

        var text = await host.ScrapeAsync();

        Assert.Contains("\npgan_training_images_total{otel_scope_name=\"ProjectedGan.Training\"} 64\n", text, StringComparison.Ordinal);
        Assert.Contains("\npgan_training_loss{otel_scope_name=\"ProjectedGan.Training\",pgan_experiment_id=\"exp-1\",pgan_network=\"discriminator\"} 1.5\n", text, StringComparison.Ordinal);
        Assert.Contains("\npgan_collective_io_bytes_total{otel_scope_name=\"ProjectedGan.Collectives\",network_io_direction=\"receive\"} 200\n", text, StringComparison.Ordinal);
        Assert.Contains(
            "\npgan_evaluation_metric_value{otel_scope_name=\"ProjectedGan.Evaluation\",pgan_experiment_id=\"exp-1\",pgan_feature_network=\"mobilenet_v2\",pgan_metric=\"fd\",pgan_samples=\"1000\"} 12.5\n",
            text,
            StringComparison.Ordinal);
        var build = text.Split('\n').Single(line => line.StartsWith("pgan_build_info{", StringComparison.Ordinal)).Split(',');
        Assert.Equal(["libtorch", "\"1.13.1\""], build[^2].Split('='));
        Assert.Equal("version=\"1.2.3\"} 1", build[^1]);
    }

    [Fact]
    public async Task Resource_OfANode_IsInTargetInfo_AndTheVariablesWin()
    {
        await using var host = await NodeHost.StartAsync(("OTEL_SERVICE_NAME", "mine"), ("OTEL_RESOURCE_ATTRIBUTES", "k8s.pod.name=pod-7"));

        var info = (await host.ScrapeAsync()).Split('\n').Single(line => line.StartsWith("target_info{", StringComparison.Ordinal));

        foreach (var label in (string[])["service_name=\"mine\"", "k8s_pod_name=\"pod-7\"", "pgan_role=\"worker\"", "service_instance_id=\"node-1\"", "service_version=\"1.2.3\"", "pgan_device_kind=\"cpu\""])
        {
            Assert.Contains(label, info, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ExperimentEnded_ItsGauges_AreGone()
    {
        using Collected collected = new();
        using CoordinationInstruments coordination = new(collected.Factory, TimeProvider.System);
        using EvaluationInstruments evaluation = new(collected.Factory);
        foreach (var experiment in (string[])["a", "b"])
        {
            coordination.Progress(experiment, 1, 2, 3, 4);
            evaluation.MetricMeasured(new MetricKey(experiment, "fd", "net"), 1, 2, 2, 10);
        }

        Assert.Equal(14, collected.Points().Count(point => point.Contains("pgan.experiment.id=", StringComparison.Ordinal)));
        coordination.ExperimentEnded("a");
        evaluation.ExperimentEnded("a");

        string[] left = [.. collected.Points().Where(point => point.Contains("pgan.experiment.id=", StringComparison.Ordinal))];
        Assert.Equal(7, left.Length);
        Assert.All(left, point => Assert.Contains("pgan.experiment.id=b", point, StringComparison.Ordinal));
    }

    [Fact]
    public void Experiments_MoreThanTheSdkHasPlacesFor_NeverOverflow()
    {
        using Collected collected = new();
        using EvaluationInstruments evaluation = new(collected.Factory);
        for (var experiment = 0; experiment < 5 * RenewingMeter.LabelSetsPerMeter; experiment++)
        {
            evaluation.MetricMeasured(new MetricKey($"e{experiment}", "fd", "net"), 1, experiment, 2, 10);
            if (experiment % 10 == 0)
            {
                var value = Assert.Single(collected.Points(), point => point.StartsWith("pgan.evaluation.metric.value ", StringComparison.Ordinal));
                Assert.Contains($"pgan.experiment.id=e{experiment} ", value, StringComparison.Ordinal);
            }

            evaluation.ExperimentEnded($"e{experiment}");
        }
    }

    [Fact]
    public void TrainingLeft_ItsRunsGauges_AreGone()
    {
        using Collected collected = new();
        using TrainingInstruments training = new(collected.Factory);
        training.Preparing();
        Assert.Equal(["pgan.training.replicas 0"], collected.Points());
        training.Joined("a", 3, 4);
        training.Loss(TrainingInstruments.Generator, 1);
        training.DeviceMemory("cpu", 1, 2);
        Assert.Equal(5, collected.Points().Count);

        Assert.Contains("pgan.training.loss pgan.experiment.id=a pgan.network=generator 1", collected.Points());

        training.Left();
        training.Loss(TrainingInstruments.Generator, 2);

        Assert.All(collected.Points(), point => Assert.StartsWith("pgan.training.device.memory", point, StringComparison.Ordinal));
    }

    [Fact]
    public void TrainingMetrics_OfOneExperimentAfterAnother_ShowTheRunningOneAndNeverOverflow()
    {
        using Collected collected = new();
        using TrainingInstruments training = new(collected.Factory);
        for (var experiment = 0; experiment < 2 * RenewingMeter.LabelSetsPerMeter; experiment++)
        {
            training.Joined($"e{experiment}", 1, 1);
            training.Joined($"e{experiment}", 2, 1);
            foreach (var network in (string[])[TrainingInstruments.Generator, TrainingInstruments.Discriminator])
            {
                training.Loss(network, experiment);
                training.GradientNorm(network, experiment);
            }

            training.SignAccuracy(TrainingInstruments.RealImages, 1);
            training.SignAccuracy(TrainingInstruments.GeneratedImages, 1);
            training.NonFiniteElements(TrainingInstruments.Generator, 3);
            training.NonFiniteElements(TrainingInstruments.Generator, 4);
            if (experiment % 50 == 0)
            {
                string[] all = [.. collected.Points()], own = [.. all.Where(point => !point.Contains(".nonfinite ", StringComparison.Ordinal) && point.Contains("pgan.experiment.id=", StringComparison.Ordinal))];
                Assert.Equal(6, own.Length);
                Assert.All(own, point => Assert.Contains($"pgan.experiment.id=e{experiment} ", point, StringComparison.Ordinal));
                // A count stays after its experiment, as counters do.
                Assert.Contains($"pgan.training.gradient.nonfinite pgan.experiment.id=e{experiment} pgan.network=generator 7", all);
                Assert.DoesNotContain(all, point => point.Contains("overflow", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void ExperimentState_ThatNobodyIsIn_IsZero()
    {
        using Collected collected = new();
        using CoordinationInstruments coordination = new(collected.Factory, TimeProvider.System);
        coordination.Experiments(new Dictionary<string, int> { ["queued"] = 2 });
        coordination.Experiments(new Dictionary<string, int> { ["running"] = 2 });

        Assert.Equal(
            ["pgan.experiments pgan.experiment.state=queued 0", "pgan.experiments pgan.experiment.state=running 2"],
            collected.Points().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void QueueAge_BetweenReports_Grows()
    {
        using Collected collected = new();
        FakeTimeProvider time = new();
        using CoordinationInstruments coordination = new(collected.Factory, time);
        coordination.QueueChanged(2, time.GetUtcNow());
        time.Advance(TimeSpan.FromSeconds(90));

        Assert.Equal(["pgan.scheduler.queue.length 2", "pgan.scheduler.queue.oldest.age 90"], collected.Points().Order(StringComparer.Ordinal));
        coordination.QueueChanged(0, null);
        Assert.Contains("pgan.scheduler.queue.oldest.age 0", collected.Points());
    }

    /// <summary>What the SDK would export: <c>instrument key=value … value</c>, a line a point.</summary>
    private sealed class Collected : IDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        private readonly Exporter _exporter = new();
        private readonly BaseExportingMetricReader _reader;
        private readonly MeterProvider _provider;

        public Collected()
        {
            _reader = new BaseExportingMetricReader(_exporter);
            _provider = Sdk.CreateMeterProviderBuilder().AddMeter("ProjectedGan.*").AddReader(_reader).Build();
        }

        public System.Diagnostics.Metrics.IMeterFactory Factory => _services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();

        public IReadOnlyList<string> Points()
        {
            _exporter.Points.Clear();
            Assert.True(_reader.Collect());
            return [.. _exporter.Points];
        }

        public void Dispose()
        {
            _provider.Dispose();
            _services.Dispose();
        }
    }

    private sealed class Exporter : BaseExporter<Metric>
    {
        public List<string> Points { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                foreach (ref readonly var point in metric.GetMetricPoints())
                {
                    List<string> parts = [metric.Name];
                    foreach (var tag in point.Tags)
                    {
                        parts.Add($"{tag.Key}={tag.Value}");
                    }

                    parts.Add(metric.MetricType switch
                    {
                        MetricType.DoubleGauge => $"{point.GetGaugeLastValueDouble()}",
                        MetricType.LongGauge => $"{point.GetGaugeLastValueLong()}",
                        MetricType.LongSum => $"{point.GetSumLong()}",
                        _ => metric.MetricType.ToString(),
                    });
                    Points.Add(string.Join(' ', parts));
                }
            }

            return ExportResult.Success;
        }
    }
}
