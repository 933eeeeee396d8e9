using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Hosting.Artifacts;
using ProjectedGan.Protocol.V1;
using Spectre.Console;

namespace ProjectedGan.Cli.Client;

/// <summary><c>pgan download</c>: an experiment's newest checkpoint or best generator.</summary>
internal static class DownloadCommand
{
    public static Command Build()
    {
        var id = ExperimentCommands.Id();
        Argument<string> folder = new("DIR") { Description = "Where the files go; made if it is missing." };
        Option<bool> best = new("--best") { Description = "The generator of the snapshot with the best first metric." };
        Option<bool> latest = new("--latest") { Description = "The newest checkpoint, with everything to train on and generate from. The default." };
        ExampleCommand command = new(
            "download", "Downloads an experiment's result. An interrupted download goes on where it stopped; files that are there and right are left alone.",
            "download 4h9x church", "download 4h9x --best church-best")
        {
            id, folder, best, latest,
        };
        command.Calls(async (parsed, channel, cancellation) =>
        {
            if (parsed.GetValue(best) && parsed.GetValue(latest))
            {
                throw new UsageException("--best and --latest are two results; give one of them.");
            }

            var result = await new Experiments.ExperimentsClient(channel).GetResultAsync(
                new GetResultRequest { Id = parsed.GetValue(id), Which = parsed.GetValue(best) ? GetResultRequest.Types.Which.Best : GetResultRequest.Types.Which.Latest },
                cancellationToken: cancellation);
            var target = Path.GetFullPath(parsed.GetValue(folder)!);
            Directory.CreateDirectory(target);
            ArtifactClient artifacts = new(channel.CreateCallInvoker(), new TransferOptions(), TimeProvider.System);
            await TransferView.RunAsync(async progress =>
            {
                foreach (var file in result.Files)
                {
                    await artifacts.FetchToAsync(file, Path.Combine(target, SafeName(file.Name)), progress, cancellation);
                }
            });
            Console.WriteLine($"{target}: {result.Files.Count} file(s) of iteration {result.Iteration}, {result.Images:N0} images");
            return ExitCode.Success;
        });
        return command;
    }

    // A name comes from another machine: it must stay inside of the folder.
    private static string SafeName(string name) => Path.GetFileName(name) is { Length: > 0 } plain && plain == name && plain is not ("." or "..")
        ? plain
        : throw new PganException($"The coordinator names a file '{name}', which is no plain file name; nothing was written for it.");
}

/// <summary>Shows how far transfers are: a bar on a terminal, a line a file elsewhere.</summary>
internal static class TransferView
{
    /// <param name="transfer">Reports its progress to its argument.</param>
    public static async Task RunAsync(Func<IProgress<ArtifactProgress>, Task> transfer)
    {
        if (Console.IsErrorRedirected)
        {
            await transfer(new Lines());
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(context => transfer(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<ArtifactProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(ArtifactProgress value)
        {
            if (!_tasks.TryGetValue(value.Name, out var task))
            {
                task = context.AddTask(Markup.Escape(value.Name), maxValue: Math.Max(1, value.Total));
                _tasks[value.Name] = task;
            }

            task.Value = value.Total == 0 ? 1 : value.Bytes;
        }
    }

    private sealed class Lines : IProgress<ArtifactProgress>
    {
        private readonly HashSet<string> _begun = [];

        public void Report(ArtifactProgress value)
        {
            if (_begun.Add(value.Name))
            {
                Console.Error.WriteLine(value.Bytes > 0 ? $"pgan: {value.Name}: {value.Bytes} of {value.Total} bytes are there already" : $"pgan: {value.Name}: {value.Total} bytes");
            }
        }
    }
}
