using System.Security.Cryptography;
using System.Text;
using Grpc.Net.Client;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Protocol.V1;
using ProjectedGan.Specification;
using ProjectedGan.Specification.Sweeps;

namespace ProjectedGan.Cli.Client;

/// <summary>Brings specs to a coordinator, with what they name and it lacks; each file once.</summary>
/// <param name="channel">To the coordinator.</param>
/// <param name="name">What people call the experiment, or a sweep's; may be empty.</param>
/// <param name="requestId">The user's own key; may be empty.</param>
internal sealed class Submission(GrpcChannel channel, string name, string requestId)
{
    private readonly Experiments.ExperimentsClient _experiments = new(channel);
    private readonly ArtifactClient _artifacts = new(channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);
    private readonly Dictionary<string, string> _sent = new(StringComparer.Ordinal);

    /// <summary>Submits one experiment and prints its warnings.</summary>
    public Task<Experiment> SubmitAsync(TrainingSpec spec, CancellationToken cancellation) => SubmitAsync(spec, name, requestId, cancellation);

    /// <summary>
    /// Submits each run of a sweep as an experiment named <c>SWEEP/RUN</c>, and prints their ids and names. The keys of the requests are made of name
    /// and spec: what was submitted before, in a submission that was interrupted too, is not submitted again.
    /// </summary>
    /// <param name="fileName">What the sweep is called where the user gives no name.</param>
    /// <param name="runs">Its runs, which are valid.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<int> SubmitAllAsync(string fileName, IReadOnlyList<SweepRun> runs, CancellationToken cancellation)
    {
        foreach (SweepRun run in runs)
        {
            string title = $"{(name.Length > 0 ? name : fileName)}/{run.Name}";
            byte[] identity = Encoding.UTF8.GetBytes($"{requestId}\n{title}\n{TrainingSpecFile.Write(run.Spec)}");
            Experiment experiment = await SubmitAsync(run.Spec, title, $"sweep-{Convert.ToHexStringLower(SHA256.HashData(identity))}", cancellation);
            Console.WriteLine($"{experiment.Id}  {experiment.Name}");
        }

        return ExitCode.Success;
    }

    private async Task<Experiment> SubmitAsync(TrainingSpec spec, string title, string key, CancellationToken cancellation)
    {
        SubmitRequest request = new() { SpecYaml = TrainingSpecFile.Write(spec), Name = title, RequestId = key };
        await TransferView.RunAsync(progress => UploadAsync(spec, request, progress, cancellation));
        Experiment experiment = await _experiments.SubmitAsync(request, cancellationToken: cancellation);
        foreach (string warning in experiment.Warnings)
        {
            await Console.Error.WriteLineAsync($"pgan: warning: {warning}");
        }

        return experiment;
    }

    private async Task UploadAsync(TrainingSpec spec, SubmitRequest request, IProgress<ArtifactProgress> progress, CancellationToken cancellation)
    {
        // Transfers wait for a coordinator that is away; a command should say at once that none is there.
        await _experiments.ListAsync(new ListRequest { PageSize = 1 }, cancellationToken: cancellation);
        if (Directory.Exists(spec.Data.Path))
        {
            throw new UsageException($"data.path is the folder '{spec.Data.Path}'; a cluster trains on one file: make a zip of it with 'pgan dataset create {spec.Data.Path} NAME.zip'.");
        }

        request.DatasetDigest = await SendAsync(spec.Data.Path, progress, cancellation);
        if (spec.Features.Weights != FeatureSpec.RandomWeights)
        {
            request.WeightsDigest = await SendAsync(NetworkWeights.Store().Locate(spec.Features.Weights), progress, cancellation);
        }

        if (spec.Evaluation.Network.Length > 0)
        {
            request.MetricWeightsDigest = await SendAsync(NetworkWeights.Store().Locate(spec.Evaluation.Weights), progress, cancellation);
        }
    }

    private async Task<string> SendAsync(string? path, IProgress<ArtifactProgress> progress, CancellationToken cancellation)
    {
        if (!File.Exists(path))
        {
            return "";
        }

        if (!_sent.TryGetValue(path, out string? digest))
        {
            digest = (await _artifacts.SendAsync(path, progress, cancellation)).Digest;
            _sent[path] = digest;
        }

        return digest;
    }
}
