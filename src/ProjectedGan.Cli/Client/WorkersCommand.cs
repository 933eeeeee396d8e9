using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Protocol.V1;

namespace ProjectedGan.Cli.Client;

/// <summary><c>pgan workers</c>: all nodes that the coordinator knows, and what an operator should know.</summary>
internal static class WorkersCommand
{
    public static Command Build()
    {
        Option<bool> json = new("--json") { Description = "One JSON object." };
        ExampleCommand command = new("workers", "Lists workers and evaluators.", "workers", "workers --json") { json };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            ListNodesResponse response = await new Experiments.ExperimentsClient(channel).ListNodesAsync(new ListNodesRequest(), cancellationToken: cancellation);
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
                foreach (Protocol.V1.Node node in response.Nodes)
                {
                    table.Row(node.Id, node.Role, node.State, node.Device, node.Experiment, ExperimentView.Time(node.LastHeartbeat), node.Detail);
                }

                table.Write();
            }

            foreach (string notice in response.Notices)
            {
                Console.WriteLine($"note: {notice}");
            }

            return ExitCode.Success;
        });
        return command;
    }
}
