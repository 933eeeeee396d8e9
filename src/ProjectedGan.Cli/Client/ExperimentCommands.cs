using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Client;

/// <summary><c>pgan show</c>, <c>cancel</c>, <c>pause</c> and <c>resume</c>: one call about one experiment.</summary>
internal static class ExperimentCommands
{
    /// <summary>The argument of every command about one experiment.</summary>
    public static Argument<string> Id() => new("ID") { Description = "The experiment's id, or its first 4 or more characters." };

    public static Command BuildShow()
    {
        var id = Id();
        Option<bool> json = new("--json") { Description = "One JSON object with everything that is known." };
        ExampleCommand command = new("show", "Shows an experiment: state, progress, members, history and snapshots.", "show 4h9x", "show 4h9x --json") { id, json };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            var experiment = await new Experiments.ExperimentsClient(channel).GetAsync(new GetRequest { Id = parsed.GetValue(id) }, cancellationToken: cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(experiment);
            }
            else
            {
                ExperimentText.Show(experiment);
            }

            return ExitCode.Success;
        });
        return command;
    }

    public static Command BuildCancel()
    {
        Option<string> reason = new("--reason") { Description = "Recorded with the experiment.", DefaultValueFactory = _ => "" };
        return Steer(
            "cancel", "Ends an experiment for good; checkpoints and snapshots stay.", [reason],
            (client, id, parsed, cancellation) => client.CancelAsync(new CancelRequest { Id = id, Reason = parsed.GetValue(reason) }, cancellationToken: cancellation).ResponseAsync);
    }

    public static Command BuildPause() => Steer(
        "pause", "Stops an experiment with a checkpoint and frees its workers.", [],
        (client, id, _, cancellation) => client.PauseAsync(new PauseRequest { Id = id }, cancellationToken: cancellation).ResponseAsync);

    public static Command BuildResume()
    {
        Option<long?> total = new("--total-images") { Description = "Train on until so many images in all: a completed experiment, also one that stopped early, a paused or a queued one.", HelpName = "N" };
        return Steer(
            "resume", "Queues a paused or failed experiment again, or a completed one with a later end; it goes on from its newest checkpoint.", [total],
            (client, id, parsed, cancellation) =>
            {
                ResumeRequest request = new() { Id = id };
                if (parsed.GetValue(total) is { } images)
                {
                    request.TotalImages = images;
                }

                return client.ResumeAsync(request, cancellationToken: cancellation).ResponseAsync;
            });
    }

    private static ExampleCommand Steer(
        string name, string description, Option[] options, Func<Experiments.ExperimentsClient, string, ParseResult, CancellationToken, Task<Experiment>> call)
    {
        var id = Id();
        ExampleCommand command = new(name, description, $"{name} 4h9x") { id };
        foreach (var option in options)
        {
            command.Add(option);
        }

        command.Calls(async (parsed, channel, cancellation) =>
        {
            var experiment = await call(new Experiments.ExperimentsClient(channel), parsed.GetValue(id)!, parsed, cancellation);
            Console.WriteLine($"{experiment.Id} {ExperimentText.State(experiment.State)}{(experiment.Reason.Length > 0 ? $": {experiment.Reason}" : "")}");
            return ExitCode.Success;
        });
        return command;
    }
}
