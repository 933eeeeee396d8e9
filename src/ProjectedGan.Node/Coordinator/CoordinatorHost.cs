using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ProjectedGan.Coordination;
using ProjectedGan.Coordination.Storage;
using ProjectedGan.Node.Artifacts;
using ProjectedGan.Node.Coordinator.Clustering;
using ProjectedGan.Node.Coordinator.Services;
using ProjectedGan.Node.Coordinator.Storage;
using ProjectedGan.Node.Coordinator.Submissions;
using ProjectedGan.Node.Coordinator.Web;
using ProjectedGan.Node.Hosting;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Telemetry.Artifacts;
using ProjectedGan.Telemetry.Hosting;

namespace ProjectedGan.Node.Coordinator;

/// <summary>Puts the coordinator together: grains and their database, the artifact store, the public API.</summary>
internal static class CoordinatorHost
{
    /// <exception cref="CoordinationException">The storage's options are unusable.</exception>
    public static WebApplication Build(CoordinatorOptions options, DataFolder folder)
    {
        WebApplicationBuilder builder = NodeServer.CreateBuilder(options.Server, options.LogLevel, Experiments.Descriptor, Protocol.V1.Artifacts.Descriptor, Cluster.Descriptor);
        AddGrains(builder, options, folder);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(services => new ArtifactStore(folder.Artifacts, options.Artifacts, services.GetRequiredService<ArtifactInstruments>()));
        builder.Services.AddSingleton(options.LocalFiles);
        builder.Services.AddSingleton(services => new DatasetCatalog(services.GetRequiredService<ArtifactStore>(), folder.Datasets));
        builder.Services.AddSingleton<SubmissionFiles>().AddSingleton<SubmissionReader>().AddSingleton<NodeCatalog>().AddSingleton<NodeAdmission>();
        builder.Services.AddSingleton<ExperimentReader>().AddSingleton<ExperimentsService>().AddSingleton<ClusterService>().AddSingleton<ArtifactsService>();
        builder.Services.AddSingleton<SchedulerStart>().AddHostedService(services => services.GetRequiredService<SchedulerStart>()).AddHostedService<ArtifactCleaning>();
        builder.Services.AddWeb();
        builder.AddPganTelemetry(new TelemetryOptions { Role = "coordinator", Version = ProductVersion.Full });
        WebApplication application = builder.Build();
        Map(application);
        return application;
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

    private static void Map(WebApplication application)
    {
        application.MapGrpcService<ExperimentsService>();
        application.MapGrpcService<ArtifactsService>();
        application.MapGrpcService<ClusterService>();
        application.MapWeb();
        NodeServer.MapShared(application);
    }
}
