namespace ProjectedGan.Telemetry;

/// <summary>Names of attributes, spelled once. Prometheus shows them with underscores.</summary>
public static class TelemetryAttributes
{
    public const string Device = "pgan.device";
    public const string Direction = "network.io.direction";
    public const string EndReason = "pgan.membership.end.reason";
    public const string ErrorType = "error.type";
    public const string ExperimentId = "pgan.experiment.id";
    public const string ExperimentState = "pgan.experiment.state";
    public const string FeatureNetwork = "pgan.feature_network";
    public const string Images = "pgan.images";
    public const string Metric = "pgan.metric";
    public const string Network = "pgan.network";
    public const string NodeRole = "pgan.role";
    public const string NodeState = "pgan.node.state";
    public const string Phase = "pgan.phase";
    public const string Samples = "pgan.samples";
}
