using OpenTelemetry.Resources;

namespace ProjectedGan.Telemetry.Hosting;

/// <summary>The attributes of everything that a node exports.</summary>
internal static class NodeResource
{
    public static void Describe(ResourceBuilder resource, TelemetryOptions options)
    {
        KeyValuePair<string, object>[] own =
        [
            new("service.name", options.ServiceName),
            new("service.version", options.Version),
            new("service.instance.id", options.InstanceId),
            new("pgan.role", options.Role),
        ];
        // What comes later wins: the operator's variables come last.
        resource.Clear().AddTelemetrySdk().AddAttributes(own)
            .AddAttributes(options.ResourceAttributes.Select(attribute => new KeyValuePair<string, object>(attribute.Key, attribute.Value)))
            .AddEnvironmentVariableDetector();
    }
}
