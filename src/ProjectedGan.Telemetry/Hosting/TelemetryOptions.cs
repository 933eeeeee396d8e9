namespace ProjectedGan.Telemetry.Hosting;

/// <summary>Who a node is and how much of its traces is kept.</summary>
public sealed record TelemetryOptions
{
    /// <summary><c>service.name</c>; the variable OTEL_SERVICE_NAME wins over it.</summary>
    public string ServiceName { get; init; } = "projectedgan";

    /// <summary><c>pgan.role</c>: coordinator, worker or evaluator.</summary>
    public required string Role { get; init; }

    /// <summary><c>service.version</c>, and the version that <c>pgan_build_info</c> shows.</summary>
    public required string Version { get; init; }

    /// <summary>The commit it was built from, where that is known.</summary>
    public string? Commit { get; init; }

    /// <summary>The libtorch that is loaded; null on nodes that load none.</summary>
    public string? LibtorchVersion { get; init; }

    /// <summary><c>service.instance.id</c>, which tells nodes of one role apart. Default: a new one for each process.</summary>
    public string InstanceId { get; init; } = Guid.NewGuid().ToString();

    /// <summary>More attributes of the resource; OTEL_RESOURCE_ATTRIBUTES wins over them.</summary>
    public IReadOnlyDictionary<string, string> ResourceAttributes { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Share of training iterations that are traced, 0 to 1, where OTEL_TRACES_SAMPLER does not decide. An iteration takes well under a second
    /// and a run has up to millions.
    /// </summary>
    public double IterationTraceRatio { get; init; } = 0.001;
}
