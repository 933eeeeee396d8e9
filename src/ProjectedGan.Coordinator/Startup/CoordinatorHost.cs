using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Services;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Submissions;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Hosting.Serving;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Hosting;

namespace ProjectedGan.Coordinator.Startup;

/// <summary>Puts the coordinator together: grains and their database, the artifact store, the public API.</summary>
public static class CoordinatorHost
{
    /// <summary>The coordinator's services; what stands above it, as the web page does, adds its own before the application is built.</summary>
    /// <exception cref="CoordinationException">The storage's options are unusable.</exception>
    public static WebApplicationBuilder CreateBuilder(CoordinatorOptions options, DataFolder folder)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(folder);
        WebApplicationBuilder builder = NodeServer.CreateBuilder(options.Server, options.LogLevel, Protocol.V1.Experiments.Descriptor, Protocol.V1.Artifacts.Descriptor, Cluster.Descriptor);
        AddGrains(builder, options, folder);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(services => new ArtifactStore(folder.Artifacts, options.Artifacts, services.GetRequiredService<ArtifactInstruments>()));
        builder.Services.AddSingleton(options.LocalFiles).AddSingleton(options.Weights);
        builder.Services.AddSingleton(services => new DatasetCatalog(services.GetRequiredService<ArtifactStore>(), folder.Datasets));
        builder.Services.AddSingleton<SubmissionFiles>().AddSingleton<SubmissionReader>().AddSingleton<NodeCatalog>().AddSingleton<NodeAdmission>();
        builder.Services.AddSingleton<ExperimentReader>().AddSingleton<ExperimentsService>().AddSingleton<ClusterService>().AddSingleton<ArtifactsService>();
        builder.Services.AddSingleton<SchedulerStart>().AddHostedService(services => services.GetRequiredService<SchedulerStart>());
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ArtifactCleaning>(services, options.KeepUnusedFiles));
        builder.Services.AddSingleton<IKnownFailures, ArtifactFailures>().AddSingleton<IKnownFailures, CoordinatorFailures>();
        builder.AddPganTelemetry(new TelemetryOptions { Role = "coordinator", Version = ProductVersion.Full });
        return builder;
    }

    /// <summary>Serves the public API, and what every node has.</summary>
    public static void Map(WebApplication application)
    {
        ArgumentNullException.ThrowIfNull(application);
        application.MapGrpcService<ExperimentsService>();
        application.MapGrpcService<ArtifactsService>();
        application.MapGrpcService<ClusterService>();
        NodeServer.MapShared(application);
    }

    private static void AddGrains(WebApplicationBuilder builder, CoordinatorOptions options, DataFolder folder)
    {
        builder.Services.AddSingleton<ICoordinationObserver, CoordinationMetrics>().AddSingleton<IHeldArtifacts, HeldArtifacts>();
        builder.Services.AddCoordination(options.Coordination);
        builder.UseOrleans(silo =>
        {
            SiloClustering.AddTo(silo, options);
            _ = options.Storage == StorageKind.Sqlite
                ? silo.AddSqliteStorage(GrainNames.Storage, new SqliteStorageOptions { Path = folder.Database })
                : silo.AddPostgresStorage(GrainNames.Storage, new PostgresStorageOptions { ConnectionString = options.ConnectionString });
        });
    }
}
