using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
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
        Option<string[]> set = SettingOption.Create("Any setting, for example --set seed=2; wins over the file.");
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
            string file = parsed.GetValue(spec)!;
            IReadOnlyList<SweepRun> runs = SweepFile.Load(file, [.. SettingOption.Parse(parsed.GetValue(set)!)]);
            Submission submission = new(channel, parsed.GetValue(name)!, parsed.GetValue(request)!);
            if (runs is not [{ Name: "" } only])
            {
                return parsed.GetValue(watch)
                    ? throw new UsageException($"--watch follows one experiment, and {file} describes {runs.Count}; leave it away, and look at them with 'pgan list'.")
                    : await submission.SubmitAllAsync(Path.GetFileNameWithoutExtension(file), runs, cancellation);
            }

            // What the coordinator would refuse anyway is said before anything is uploaded.
            TrainingSpecValidator.ThrowIfInvalid(only.Spec);
            Experiment experiment = await submission.SubmitAsync(only.Spec, cancellation);
            Console.WriteLine(experiment.Id);
            return parsed.GetValue(watch) ? await WatchCommand.FollowAsync(channel, experiment.Id, WatchCommand.Writer(json: false), cancellation) : ExitCode.Success;
        });
        return command;
    }
}
