using System.CommandLine;
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
