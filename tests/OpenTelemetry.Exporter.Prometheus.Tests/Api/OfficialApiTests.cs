using OpenTelemetry.Metrics;
using ProjectedGan.Testing.Api;

namespace OpenTelemetry.Exporter.Prometheus.Tests.Api;

public class OfficialApiTests
{
    [Fact]
    public void StandIn_EveryPublicMember_ExistsInTheOfficialPackage() =>
        PublicSurface.AssertOfficial(typeof(PrometheusExporterMeterProviderBuilderExtensions).Assembly.GetTypes(), "OpenTelemetry.txt", atLeast: 20);
}
