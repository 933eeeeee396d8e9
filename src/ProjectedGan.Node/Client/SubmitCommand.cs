using System.CommandLine;
using Grpc.Net.Client;
using ProjectedGan.Contracts.V1;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Node.Artifacts;
using ProjectedGan.Node.Cli;
using ProjectedGan.Torch;
using ProjectedGan.Training.Specification;

namespace ProjectedGan.Node.Client;

/// <summary><c>pgan submit</c>: uploads what the coordinator lacks and queues an experiment.</summary>
internal static class SubmitCommand
{
    public static Command Build()
    {
        Argument<string> spec = new("SPEC") { Description = "A YAML spec, as for pgan train." };
        Option<string> name = new("--name") { Description = "What people call the experiment; the dataset's name by default.", DefaultValueFactory = _ => "" };
        Option<string[]> set = SettingOption.Create("Any setting, for example --set seed=2; wins over the file.");
        Option<bool> watch = new("--watch") { Description = "Follow it until it ends." };
        Option<string> request = new("--request-id") { Description = "A key of your own: submitting twice with the same key makes one experiment.", DefaultValueFactory = _ => "" };
        ExampleCommand command = new(
            "submit",
            "Submits an experiment. Dataset and weights that the spec names and that are on this machine are uploaded, unless the coordinator has them; others are looked for on the coordinator's machine.",
            "submit church.yaml --watch",
            "submit church.yaml --set seed=2 --name church-2")
        {
            spec, name, set, watch, request,
        };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            string file = parsed.GetValue(spec)!;
            TrainingSpec read = SpecSchema.With(TrainingSpecFile.LoadUnvalidated(file), SettingOption.Parse(parsed.GetValue(set)!));
            SubmitRequest submission = new() { SpecYaml = TrainingSpecFile.Write(read), Name = parsed.GetValue(name), RequestId = parsed.GetValue(request) };
            // What the coordinator would refuse anyway is said before anything is uploaded.
            TrainingSpecValidator.ThrowIfInvalid(read);
            await UploadAsync(channel, read, submission, cancellation);
            Experiment experiment = await new Experiments.ExperimentsClient(channel).SubmitAsync(submission, cancellationToken: cancellation);
            foreach (var warning in experiment.Warnings)
            {
                await Console.Error.WriteLineAsync($"pgan: warning: {warning}");
            }

            Console.WriteLine(experiment.Id);
            return parsed.GetValue(watch) ? await WatchCommand.FollowAsync(channel, experiment.Id, WatchCommand.Writer(json: false), cancellation) : ExitCode.Success;
        });
        return command;
    }

    private static Task UploadAsync(GrpcChannel channel, TrainingSpec spec, SubmitRequest submission, CancellationToken cancellation) => TransferView.RunAsync(async progress =>
    {
        ArtifactClient artifacts = new(channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);
        // Transfers wait for a coordinator that is away; a command should say at once that none is there.
        await new Experiments.ExperimentsClient(channel).ListAsync(new ListRequest { PageSize = 1 }, cancellationToken: cancellation);
        if (Directory.Exists(spec.Data.Path))
        {
            throw new UsageException($"data.path is the folder '{spec.Data.Path}'; a cluster trains on one file: make a zip of it with 'pgan dataset create {spec.Data.Path} NAME.zip'.");
        }

        submission.DatasetDigest = await SendAsync(artifacts, spec.Data.Path, progress, cancellation);
        if (spec.Features.Weights != FeatureSpec.RandomWeights)
        {
            submission.WeightsDigest = await SendAsync(artifacts, WeightStore.Default().Locate(spec.Features.Weights), progress, cancellation);
        }

        if (spec.Evaluation.Network.Length > 0)
        {
            submission.MetricWeightsDigest = await SendAsync(artifacts, WeightStore.Default().Locate(spec.Evaluation.Weights), progress, cancellation);
        }
    });

    private static async Task<string> SendAsync(ArtifactClient artifacts, string? path, IProgress<ArtifactProgress> progress, CancellationToken cancellation) =>
        File.Exists(path) ? (await artifacts.SendAsync(path, progress, cancellation)).Digest : "";
}
