using System.Diagnostics.Metrics;
using ProjectedGan.Telemetry.Gauges;

namespace ProjectedGan.Telemetry.Training;

/// <summary>What a worker measures while it trains. Thread-safe.</summary>
public sealed class TrainingInstruments
{
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
    private readonly Counter<long> _nonFinite;
    private readonly Histogram<double> _iterationDuration;
    private readonly Histogram<double> _phaseDuration;
    private readonly Histogram<double> _dataWait;
    private readonly LatestGauge<string> _losses;
    private readonly LatestGauge<string> _signAccuracies;
    private readonly LatestGauge<string> _gradientNorms;
    private readonly LatestGauge<string> _replicas;
    private readonly LatestGauge<string> _epoch;
    private readonly LatestGauge<string> _memoryUsed;
    private readonly LatestGauge<string> _memoryLimit;

    public TrainingInstruments(IMeterFactory factory)
    {
        Meter meter = factory.Create("ProjectedGan.Training");
        _images = meter.CreateCounter<long>("pgan.training.images", "{image}", "Real images that this node has trained on.");
        _iterations = meter.CreateCounter<long>("pgan.training.iterations", "{iteration}", "Iterations that this node has finished.");
        _nonFinite = meter.CreateCounter<long>("pgan.training.gradient.nonfinite", "{element}", "Gradient elements that were not finite.");
        _iterationDuration = meter.CreateHistogram(
            "pgan.training.iteration.duration", "s", "Time of a whole iteration.", tags: null, DurationBuckets.Steps);
        _phaseDuration = meter.CreateHistogram("pgan.training.phase.duration", "s", "Time of an iteration's phase.", tags: null, DurationBuckets.Steps);
        _dataWait = meter.CreateHistogram("pgan.training.data.wait", "s", "Time that an iteration waited for its images.", tags: null, DurationBuckets.Steps);
        _losses = Gauge(meter, "loss", "1", "Latest loss.", TelemetryAttributes.Network);
        _signAccuracies = Gauge(meter, "sign_accuracy", "1", "Share of logits whose sign is right for their images.", TelemetryAttributes.Images);
        _gradientNorms = Gauge(meter, "gradient.norm", "1", "Latest norm of the averaged gradient.", TelemetryAttributes.Network);
        _replicas = Gauge(meter, "replicas", "{replica}", "Replicas that this node hosts in its run.", key: null);
        _epoch = Gauge(meter, "membership.epoch", "{epoch}", "Membership epoch that this node trains in.", key: null);
        _memoryUsed = Gauge(meter, "device.memory.usage", "By", "Memory of the device that is in use.", TelemetryAttributes.Device);
        _memoryLimit = Gauge(meter, "device.memory.limit", "By", "Memory that the device has.", TelemetryAttributes.Device);
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
    public void Loss(string network, double value) => _losses.Set(network, value);

    /// <summary>The latest norm of the gradient of <see cref="Generator"/> or <see cref="Discriminator"/>.</summary>
    public void GradientNorm(string network, double value) => _gradientNorms.Set(network, value);

    /// <summary>The share, 0 to 1, of logits of <see cref="RealImages"/> or <see cref="GeneratedImages"/> whose sign is right.</summary>
    public void SignAccuracy(string images, double share) => _signAccuracies.Set(images, share);

    /// <summary>Elements of the gradient of <see cref="Generator"/> or <see cref="Discriminator"/> that were NaN or infinite.</summary>
    public void NonFiniteElements(string network, long count) =>
        _nonFinite.Add(count, new KeyValuePair<string, object?>(TelemetryAttributes.Network, network));

    /// <summary>The node trains in this epoch with this many replicas.</summary>
    public void Joined(long epoch, int replicas)
    {
        _epoch.Set("", epoch);
        _replicas.Set("", replicas);
    }

    /// <summary>The node trains no run: the gauges that describe one are shown no longer.</summary>
    public void Left()
    {
        foreach (LatestGauge<string> gauge in (LatestGauge<string>[])[_losses, _signAccuracies, _gradientNorms, _epoch, _replicas])
        {
            gauge.RemoveWhere(static _ => true);
        }
    }

    /// <summary>Bytes in use and in all, of a device named as the worker was told: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public void DeviceMemory(string device, long usedBytes, long limitBytes)
    {
        _memoryUsed.Set(device, usedBytes);
        _memoryLimit.Set(device, limitBytes);
    }

    private static LatestGauge<string> Gauge(Meter meter, string name, string unit, string description, string? key)
    {
        LatestGauge<string> gauge = new($"pgan.training.{name}", unit, description, value => key is null ? [] : [new(key, value)]);
        gauge.AttachTo(meter);
        return gauge;
    }
}
