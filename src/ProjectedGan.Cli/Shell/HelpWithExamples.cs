using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace ProjectedGan.Cli.Shell;

/// <summary>The usual help, followed by the examples of the command it is asked for.</summary>
internal sealed class HelpWithExamples(HelpAction plain) : SynchronousCommandLineAction
{
    public override int Invoke(ParseResult parseResult)
    {
        int code = plain.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand { Examples.Count: > 0 } command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in command.Examples)
            {
                output.WriteLine($"  ./pgan {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
