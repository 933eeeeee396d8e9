using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ProjectedGan.Coordinator.Catalog;
using ProjectedGan.Coordinator.Contracts;
using ProjectedGan.Coordinator.Journal;
using ProjectedGan.Coordinator.Services;
using ProjectedGan.Coordinator.Storage;
using ProjectedGan.Coordinator.Submissions;
using ProjectedGan.Data.Datasets;
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
        var builder = NodeServer.CreateBuilder(options.Server, options.LogLevel, Protocol.V1.Experiments.Descriptor, Protocol.V1.Artifacts.Descriptor, Cluster.Descriptor);
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

/// <summary>What grains, their storage and the data sets of submissions fail with, as statuses.</summary>
internal sealed class CoordinatorFailures : IKnownFailures
{
    public RpcException? Map(Exception failure) => failure switch
    {
        DatasetException dataset => StatusMapping.Refuse(StatusCode.InvalidArgument, dataset.Message, StatusMapping.BadRequest([("data.path", dataset.Message)])),
        NotFoundException missing => StatusMapping.Refuse(StatusCode.NotFound, missing.Message, new ErrorInfo { Reason = "NOT_FOUND", Domain = "pgan" }),
        AmbiguousIdException ambiguous => StatusMapping.Refuse(StatusCode.InvalidArgument, ambiguous.Message, StatusMapping.BadRequest([("id", ambiguous.Message)])),
        WrongStateException state => StatusMapping.Refuse(StatusCode.FailedPrecondition, state.Message, new ErrorInfo { Reason = "WRONG_STATE", Domain = "pgan" }),
        CoordinationException refused => StatusMapping.Refuse(StatusCode.InvalidArgument, refused.Message),
        GrainStorageException storage => StatusMapping.Refuse(StatusCode.Unavailable, storage.Message, new ErrorInfo { Reason = "STORAGE", Domain = "pgan" }),
        // Orleans' own text names silos and grains, which tell the caller nothing.
        OrleansMessageRejectionException => StatusMapping.Refuse(StatusCode.Unavailable, "The coordinator that had this is gone, and another takes over; try again."),
        _ => null,
    };
}

/// <summary>What the grains need of their host, beside the database of the name <see cref="GrainNames.Storage"/> (see Storage/).</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Adds the options, the journal and the index of experiments. An <see cref="ICoordinationObserver"/>, <see cref="IHeldArtifacts"/> and a
    /// <see cref="TimeProvider"/> that are registered before are kept. Once the silo runs the host calls <see cref="ISchedulerGrain.StartAsync"/>.
    /// </summary>
    public static IServiceCollection AddCoordination(this IServiceCollection services, CoordinationOptions options)
    {
        services.AddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ICoordinationObserver, SilentObserver>();
        services.TryAddSingleton<IHeldArtifacts, AllArtifacts>();
        services.AddSingleton<SqlExperimentJournal>();
        services.AddSingleton<IExperimentJournal>(provider => provider.GetRequiredService<SqlExperimentJournal>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SqlExperimentJournal>());
        services.AddSingleton<ReferencedArtifacts>();
        services.AddSingleton<SqlExperimentIndex>();
        services.AddSingleton<IExperimentIndex>(provider => provider.GetRequiredService<SqlExperimentIndex>());
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<SqlExperimentIndex>());
        return services;
    }
}
