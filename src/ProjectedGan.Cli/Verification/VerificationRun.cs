using ProjectedGan.Cli.Local;
using ProjectedGan.Foundation;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Verification;

/// <summary>One run on a cluster of its own.</summary>
/// <param name="Spec">What is trained.</param>
/// <param name="Workers">Worker processes.</param>
/// <param name="IsWorkerKilled">Whether the last one is killed when half of the iterations are done.</param>
internal sealed record VerificationRun(TrainingSpec Spec, int Workers, bool IsWorkerKilled)
{
    /// <summary>Trains, and returns the hash of the weights.</summary>
    /// <exception cref="PganException">The experiment failed; the logs lie in the folder.</exception>
    public async Task<string> TrainAsync(string folder, CancellationToken cancellation)
    {
        await using var cluster = await LocalCluster.StartAsync(new LocalClusterOptions { Folder = folder, Workers = Workers, LanesPerWorker = 1 }, cancellation);
        await cluster.WaitForNodesAsync(Workers, cancellation);
        var spec = Spec with { Cluster = new ClusterSpec { MinWorkers = IsWorkerKilled ? 1 : Workers, MaxWorkers = Workers } };
        var experiment = await cluster.Experiments.SubmitAsync(
            new SubmitRequest { SpecYaml = TrainingSpecFile.Write(spec), Name = "verification" }, cancellationToken: cancellation);
        using var watch = cluster.Experiments.Watch(new WatchRequest { Id = experiment.Id }, cancellationToken: cancellation);
        var isKilled = false;
        while (await watch.ResponseStream.MoveNext(cancellation))
        {
            if (IsWorkerKilled && !isKilled && watch.ResponseStream.Current.Progress is { } progress && progress.Images * 2 >= Spec.TotalImages)
            {
                cluster.Workers[^1].Kill();
                isKilled = true;
            }
        }
        var ended = await cluster.Experiments.GetAsync(new GetRequest { Id = experiment.Id }, cancellationToken: cancellation);
        if (ended.State != ExperimentState.Completed)
        {
            throw new PganException($"The experiment ended as {ended.State}: {ended.Reason} Logs: {folder}.");
        }
        if (isKilled && ended.MembershipEpoch < 2)
        {
            throw new PganException("The killed worker was not missed: the run ended before it was lost. Use more --iterations.");
        }
        return ended.WeightsHash;
    }
}
