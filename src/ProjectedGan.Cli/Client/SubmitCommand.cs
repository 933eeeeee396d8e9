using System.CommandLine;
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

/// <summary><c>pgan submit</c>: uploads what the coordinator lacks and queues an experiment.</summary>
internal static class SubmitCommand
{
    public static Command Build()
    {
        Argument<string> spec = new("SPEC") { Description = "A YAML spec, as for pgan train; of one with a sweep each run is an experiment." };
        Option<string> name = new("--name") { Description = "What people call the experiment; the dataset's name by default. Of a sweep it stands before the runs' names, the file's name by default.", DefaultValueFactory = _ => "" };
        var set = SettingOption.Create("Any setting, for example --set seed=2; wins over the file.");
        Option<bool> watch = new("--watch") { Description = "Follow it until it ends." };
        Option<string> request = new("--request-id") { Description = "A key of your own: submitting twice with the same key makes one experiment.", DefaultValueFactory = _ => "" };
        ExampleCommand command = new(
            "submit",
            "Submits an experiment. Dataset and weights that the spec names and that are on this machine are uploaded, unless the coordinator has them; others are looked for on the coordinator's machine.",
            "submit church.yaml --watch",
            "submit church.yaml --set seed=2 --name church-2",
            "submit experiments/ablation-projection.yaml --set data.path=church-256.zip")
        {
            spec, name, set, watch, request,
        };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            var file = parsed.GetValue(spec)!;
            var runs = SweepFile.Load(file, [.. SettingOption.Parse(parsed.GetValue(set)!)]);
            Submission submission = new(channel, parsed.GetValue(name)!, parsed.GetValue(request)!);
            if (runs is not [{ Name: "" } only])
            {
                return parsed.GetValue(watch)
                    ? throw new UsageException($"--watch follows one experiment, and {file} describes {runs.Count}; leave it away, and look at them with 'pgan list'.")
                    : await submission.SubmitAllAsync(Path.GetFileNameWithoutExtension(file), runs, cancellation);
            }

            // What the coordinator would refuse anyway is said before anything is uploaded.
            TrainingSpecValidator.ThrowIfInvalid(only.Spec);
            var experiment = await submission.SubmitAsync(only.Spec, cancellation);
            Console.WriteLine(experiment.Id);
            return parsed.GetValue(watch) ? await WatchCommand.FollowAsync(channel, experiment.Id, WatchCommand.Writer(json: false), cancellation) : ExitCode.Success;
        });
        return command;
    }
}

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
        foreach (var run in runs)
        {
            var title = $"{(name.Length > 0 ? name : fileName)}/{run.Name}";
            var identity = Encoding.UTF8.GetBytes($"{requestId}\n{title}\n{TrainingSpecFile.Write(run.Spec)}");
            var experiment = await SubmitAsync(run.Spec, title, $"sweep-{Convert.ToHexStringLower(SHA256.HashData(identity))}", cancellation);
            Console.WriteLine($"{experiment.Id}  {experiment.Name}");
        }

        return ExitCode.Success;
    }

    private async Task<Experiment> SubmitAsync(TrainingSpec spec, string title, string key, CancellationToken cancellation)
    {
        SubmitRequest request = new() { SpecYaml = TrainingSpecFile.Write(spec), Name = title, RequestId = key };
        await TransferView.RunAsync(progress => UploadAsync(spec, request, progress, cancellation));
        var experiment = await _experiments.SubmitAsync(request, cancellationToken: cancellation);
        foreach (var warning in experiment.Warnings)
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

        if (!_sent.TryGetValue(path, out var digest))
        {
            digest = (await _artifacts.SendAsync(path, progress, cancellation)).Digest;
            _sent[path] = digest;
        }

        return digest;
    }
}
