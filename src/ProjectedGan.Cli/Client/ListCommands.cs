using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Client;

/// <summary><c>pgan list</c>: the coordinator's experiments, newest first.</summary>
internal static class ListCommand
{
    public static Command Build()
    {
        Option<string[]> states = new("--state") { Description = "Only experiments in this state: queued, starting, running, waiting, pausing, paused, completed, cancelled or failed.", HelpName = "STATE" };
        Option<int> count = new("--count") { Description = "At most this many.", DefaultValueFactory = _ => 50 };
        Option<bool> json = new("--json") { Description = "One JSON object." };
        ExampleCommand command = new("list", "Lists experiments, newest first.", "list", "list --state running --json") { states, count, json };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            ListRequest request = new() { PageSize = Math.Clamp(parsed.GetValue(count), 1, 1000) };
            request.States.AddRange((parsed.GetValue(states) ?? []).Select(ParseState));
            var response = await new Experiments.ExperimentsClient(channel).ListAsync(request, cancellationToken: cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(response);
                return ExitCode.Success;
            }

            if (response.Experiments.Count == 0)
            {
                Console.WriteLine("no experiments");
                return ExitCode.Success;
            }

            TextTable table = new("id", "name", "state", "images", "user", "submitted", "why");
            foreach (var experiment in response.Experiments)
            {
                table.Row(experiment.Id, experiment.Name, ExperimentText.State(experiment.State), ExperimentText.Share(experiment), experiment.User, ExperimentText.Time(experiment.Submitted), experiment.Reason);
            }

            table.Write();
            return ExitCode.Success;
        });
        return command;
    }

    // By the names alone: Enum.Parse takes numbers, too.
    private static ExperimentState ParseState(string text) =>
        Enum.GetValues<ExperimentState>().Skip(1).FirstOrDefault(state => ExperimentText.State(state).Equals(text, StringComparison.OrdinalIgnoreCase)) is var found and not ExperimentState.Unspecified
        ? found
        : throw new UsageException($"--state: '{text}' is no state; use {string.Join(", ", Enum.GetValues<ExperimentState>().Skip(1).Select(ExperimentText.State))}.");
}

/// <summary><c>pgan workers</c>: all nodes that the coordinator knows, and what an operator should know.</summary>
internal static class WorkersCommand
{
    public static Command Build()
    {
        Option<bool> json = new("--json") { Description = "One JSON object." };
        ExampleCommand command = new("workers", "Lists workers and evaluators.", "workers", "workers --json") { json };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            var response = await new Experiments.ExperimentsClient(channel).ListNodesAsync(new ListNodesRequest(), cancellationToken: cancellation);
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(response);
                return ExitCode.Success;
            }

            if (response.Nodes.Count == 0)
            {
                Console.WriteLine("no workers and no evaluators");
            }
            else
            {
                TextTable table = new("id", "role", "state", "device", "experiment", "heard of", "detail");
                foreach (var node in response.Nodes)
                {
                    table.Row(node.Id, node.Role, node.State, node.Device, node.Experiment, ExperimentText.Time(node.LastHeartbeat), node.Detail);
                }

                table.Write();
            }

            foreach (var notice in response.Notices)
            {
                Console.WriteLine($"note: {notice}");
            }

            return ExitCode.Success;
        });
        return command;
    }
}
