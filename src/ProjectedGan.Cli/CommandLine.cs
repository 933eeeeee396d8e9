using System.CommandLine;
using System.CommandLine.Help;
using ProjectedGan.Cli.Benchmarks;
using ProjectedGan.Cli.Client;
using ProjectedGan.Cli.Datasets;
using ProjectedGan.Cli.Demo;
using ProjectedGan.Cli.Diagnostics;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Inversion;
using ProjectedGan.Cli.Metrics;
using ProjectedGan.Cli.Reports;
using ProjectedGan.Cli.Roles;
using ProjectedGan.Cli.Runs;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Cli.Verification;
using ProjectedGan.Cli.Weights;

namespace ProjectedGan.Cli;

/// <summary>Builds the tree of <c>pgan</c>'s commands and runs the one that the arguments name.</summary>
internal static class CommandLine
{
    // A checkpoint of the largest generator takes seconds to write; Ctrl-C waits for it this long before the process is ended.
    private static readonly TimeSpan CheckpointGrace = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(string[] arguments)
    {
        var root = Build();
        var parsed = root.Parse(arguments);
        // --help is answered also where required arguments are missing.
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpWithExamples)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync($"pgan: {error.Message}");
            }

            await Console.Error.WriteLineAsync("pgan: add --help to see the options and examples.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = CheckpointGrace,
        });
    }

    private static RootCommand Build()
    {
        RootCommand root = new("Trains Projected GANs (Sauer et al., NeurIPS 2021) and shows what they learned.")
        {
            DemoCommand.Build(),
            WorkerRole.Build(),
            EvaluatorRole.Build(),
            VerifyCommand.Build(),
            TrainCommand.Build(),
            GenerateCommand.Build(),
            InterpolateCommand.Build(),
            InvertCommand.Build(),
            ExportCommand.Build(),
            ImportCommand.Build(),
            EvaluateCommand.Build(),
            ReportCommand.Build(),
            DatasetCommand.Build(),
            WeightsCommand.Build(),
            BenchCommand.Build(),
            CoordinatorCommand.Build(),
            SubmitCommand.Build(),
            ListCommand.Build(),
            ExperimentCommands.BuildShow(),
            WatchCommand.BuildWatch(),
            WatchCommand.BuildLogs(),
            ExperimentCommands.BuildCancel(),
            ExperimentCommands.BuildPause(),
            ExperimentCommands.BuildResume(),
            DownloadCommand.Build(),
            WorkersCommand.Build(),
            CertsCommand.Build(),
            DoctorCommand.Build(),
        };
        root.Add(GlobalOptions.Verbose);
        TakeNamesOnly(root);
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction plain } help)
            {
                help.Action = new HelpWithExamples(plain);
            }
        }

        return root;
    }

    // Of options whose value is one of a few names: what parses them takes numbers and lists of names, too.
    private static void TakeNamesOnly(Command command)
    {
        foreach (var option in command.Options)
        {
            var type = option.ValueType.GetElementType() ?? Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            if (!type.IsEnum)
            {
                continue;
            }

            var names = Enum.GetNames(type);
            option.Validators.Add(result =>
            {
                foreach (var text in result.Tokens.Select(token => token.Value).Where(text => Enum.TryParse(type, text, ignoreCase: true, out _) && !names.Contains(text, StringComparer.OrdinalIgnoreCase)))
                {
                    result.AddError($"{option.Name} is '{text}'; use {string.Join(", ", names)}.");
                }
            });
        }

        foreach (var inner in command.Subcommands)
        {
            TakeNamesOnly(inner);
        }
    }
}
