using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Shell;

/// <summary>A command whose help ends with examples, and whose failures are one line and an exit code.</summary>
internal sealed class ExampleCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines, without the leading <c>./pgan</c>, that the help prints.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>
    /// Sets what the command does. A <see cref="UsageException"/> ends it with exit code 2, any other failure with 1, a
    /// cancellation with 130; the message is one line, the stack trace comes with <c>--verbose</c> alone.
    /// </summary>
    public void Runs(Func<ParseResult, CancellationToken, Task<int>> action) =>
        SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await action(parsed, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("pgan: stopped.");
                return ExitCode.Interrupted;
            }
            catch (Exception exception)
            {
                await Console.Error.WriteLineAsync($"pgan: {ErrorLine.Of(exception)}");
                if (parsed.GetValue(GlobalOptions.Verbose))
                {
                    await Console.Error.WriteLineAsync(exception.ToString());
                }

                return exception is UsageException ? ExitCode.Usage : ExitCode.Failure;
            }
        });
}

/// <summary>The usual help, followed by the examples of the command it is asked for.</summary>
internal sealed class HelpWithExamples(HelpAction plain) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        var code = plain.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand { Examples.Count: > 0 } command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in command.Examples)
            {
                output.WriteLine($"  ./pgan {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}

/// <summary>What <c>pgan</c> exits with.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The command was understood and failed: a broken file, a full disk, a missing GPU.</summary>
    public const int Failure = 1;

    /// <summary>The command or the spec was not usable as given.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C, as shells report it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;
}
