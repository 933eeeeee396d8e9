namespace ProjectedGan.Telemetry.Evaluation;

/// <summary>What a metric's value belongs to. A distance on one feature network says nothing of another's.</summary>
/// <param name="Experiment">The experiment's id.</param>
/// <param name="Metric">Name in results: <c>fid</c>, <c>kid</c>, <c>fd</c>, …</param>
/// <param name="FeatureNetwork">Name of the network whose features were compared.</param>
public readonly record struct MetricKey(string Experiment, string Metric, string FeatureNetwork);
