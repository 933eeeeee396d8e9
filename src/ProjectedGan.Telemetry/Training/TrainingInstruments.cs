using System.Diagnostics.Metrics;
using ProjectedGan.Telemetry.Gauges;

namespace ProjectedGan.Telemetry.Training;

/// <summary>What a worker measures while it trains. Thread-safe.</summary>
public sealed class TrainingInstruments : IDisposable
{
    private const string MeterName = "ProjectedGan.Training";

    /// <summary>Values of <c>pgan.network</c>.</summary>
    public const string Generator = "generator";

    /// <inheritdoc cref="Generator"/>
    public const string Discriminator = "discriminator";

    /// <summary>Values of <c>pgan.images</c>.</summary>
    public const string RealImages = "real";

    /// <inheritdoc cref="RealImages"/>
    public const string GeneratedImages = "generated";

    private readonly Counter<long> _images;
    private readonly Counter<long> _iterations;
    private readonly Histogram<double> _iterationDuration;
    private readonly Histogram<double> _phaseDuration;
    private readonly Histogram<double> _dataWait;
    private readonly LatestGauge<(string Experiment, string Value)> _losses = ByExperiment("loss", "Latest loss.", TelemetryAttributes.Network);
    private readonly LatestGauge<(string Experiment, string Value)> _signAccuracies = ByExperiment("sign_accuracy", "Share of logits whose sign is right for their images.", TelemetryAttributes.Images);
    private readonly LatestGauge<(string Experiment, string Value)> _gradientNorms = ByExperiment("gradient.norm", "Latest norm of the averaged gradient.", TelemetryAttributes.Network);
    private readonly RenewingMeter _byExperiment;
    private readonly LatestGauge<string> _replicas;
    private readonly LatestGauge<string> _epoch;
    private readonly LatestGauge<string> _memoryUsed;
    private readonly LatestGauge<string> _memoryLimit;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _counted = [];
    private Counter<long> _nonFinite = null!;
    private string? _experiment;

    public TrainingInstruments(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _images = meter.CreateCounter<long>("pgan.training.images", "{image}", "Real images that this node has trained on.");
        _iterations = meter.CreateCounter<long>("pgan.training.iterations", "{iteration}", "Iterations that this node has finished.");
        _iterationDuration = meter.CreateHistogram(
            "pgan.training.iteration.duration", "s", "Time of a whole iteration.", tags: null, DurationBuckets.Steps);
        _phaseDuration = meter.CreateHistogram("pgan.training.phase.duration", "s", "Time of an iteration's phase.", tags: null, DurationBuckets.Steps);
        _dataWait = meter.CreateHistogram("pgan.training.data.wait", "s", "Time that an iteration waited for its images.", tags: null, DurationBuckets.Steps);
        _replicas = Gauge(meter, "replicas", "{replica}", "Replicas that this node hosts in its run.", key: null);
        _epoch = Gauge(meter, "membership.epoch", "{epoch}", "Membership epoch that this node trains in.", key: null);
        _memoryUsed = Gauge(meter, "device.memory.usage", "By", "Memory of the device that is in use.", TelemetryAttributes.Device);
        _memoryLimit = Gauge(meter, "device.memory.limit", "By", "Memory that the device has.", TelemetryAttributes.Device);
        _byExperiment = new RenewingMeter(factory, MeterName, own =>
        {
            _losses.AttachTo(own);
            _signAccuracies.AttachTo(own);
            _gradientNorms.AttachTo(own);
            _nonFinite = own.CreateCounter<long>("pgan.training.gradient.nonfinite", "{element}", "Gradient elements that were not finite.");
        });
    }

    /// <summary>An iteration has ended. Images are the real ones that this node's replicas saw.</summary>
    public void IterationFinished(long images, TimeSpan duration, TimeSpan dataWait)
    {
        _iterations.Add(1);
        _images.Add(images);
        _iterationDuration.Record(duration.TotalSeconds);
        _dataWait.Record(dataWait.TotalSeconds);
    }

    /// <summary>A phase of an iteration has ended; its name is one of the trainer's fixed few.</summary>
    public void PhaseFinished(string phase, TimeSpan duration) =>
        _phaseDuration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(TelemetryAttributes.Phase, phase));

    /// <summary>The latest loss of <see cref="Generator"/> or <see cref="Discriminator"/>.</summary>
    public void Loss(string network, double value) => Show(_losses, network, value);

    /// <summary>The latest norm of the gradient of <see cref="Generator"/> or <see cref="Discriminator"/>.</summary>
    public void GradientNorm(string network, double value) => Show(_gradientNorms, network, value);

    /// <summary>The share, 0 to 1, of logits of <see cref="RealImages"/> or <see cref="GeneratedImages"/> whose sign is right.</summary>
    public void SignAccuracy(string images, double share) => Show(_signAccuracies, images, share);

    /// <summary>Elements of the gradient of <see cref="Generator"/> or <see cref="Discriminator"/> that were NaN or infinite.</summary>
    public void NonFiniteElements(string network, long count)
    {
        lock (_gate)
        {
            if (_experiment is not { } experiment)
            {
                return;
            }

            if (_counted.Add(network))
            {
                _byExperiment.CountLabelSet();
            }

            _nonFinite.Add(count, new(TelemetryAttributes.ExperimentId, experiment), new(TelemetryAttributes.Network, network));
        }
    }

    /// <summary>The node prepares for a run: it hosts none of its replicas yet, and is not free. Shown until <see cref="Left"/>.</summary>
    public void Preparing() => _replicas.Set("", 0);

    /// <summary>The node trains this experiment, in this epoch, with this many replicas. Losses, norms, accuracies and counts of what is not finite bear its name until <see cref="Left"/>.</summary>
    public void Joined(string experiment, long epoch, int replicas)
    {
        lock (_gate)
        {
            if (_experiment != experiment)
            {
                Forget();
                _experiment = experiment;
            }
        }

        _epoch.Set("", epoch);
        _replicas.Set("", replicas);
    }

    /// <summary>The node trains no run: the gauges that describe one are shown no longer.</summary>
    public void Left()
    {
        lock (_gate)
        {
            Forget();
        }

        _epoch.RemoveWhere(static _ => true);
        _replicas.RemoveWhere(static _ => true);
    }

    /// <summary>Bytes in use and in all, of a device named as the worker was told: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public void DeviceMemory(string device, long usedBytes, long limitBytes)
    {
        _memoryUsed.Set(device, usedBytes);
        _memoryLimit.Set(device, limitBytes);
    }

    public void Dispose() => _byExperiment.Dispose();

    // A report that comes after the run was left is of no experiment.
    private void Show(LatestGauge<(string Experiment, string Value)> gauge, string value, double number)
    {
        lock (_gate)
        {
            if (_experiment is { } experiment && gauge.Set((experiment, value), number))
            {
                _byExperiment.CountLabelSet();
            }
        }
    }

    private void Forget()
    {
        _experiment = null;
        _counted.Clear();
        foreach (var gauge in (LatestGauge<(string, string)>[])[_losses, _signAccuracies, _gradientNorms])
        {
            gauge.RemoveWhere(static _ => true);
        }
    }

    private static LatestGauge<(string Experiment, string Value)> ByExperiment(string name, string description, string key) =>
        new($"pgan.training.{name}", "1", description, entry => [new(TelemetryAttributes.ExperimentId, entry.Experiment), new(key, entry.Value)]);

    private static LatestGauge<string> Gauge(Meter meter, string name, string unit, string description, string? key)
    {
        LatestGauge<string> gauge = new($"pgan.training.{name}", unit, description, value => key is null ? [] : [new(key, value)]);
        gauge.AttachTo(meter);
        return gauge;
    }
}
