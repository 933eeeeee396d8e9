using ProjectedGan.Hosting.Artifacts;
using Spectre.Console;

namespace ProjectedGan.Cli.Client;

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

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        await console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(context => transfer(new Bars(context)));
    }

    private sealed class Bars(ProgressContext context) : IProgress<ArtifactProgress>
    {
        private readonly Dictionary<string, ProgressTask> _tasks = [];

        public void Report(ArtifactProgress value)
        {
            if (!_tasks.TryGetValue(value.Name, out ProgressTask? task))
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
