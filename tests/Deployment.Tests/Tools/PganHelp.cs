using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Deployment.Tests.Tools;

/// <summary>What the real <c>pgan</c> says about its commands.</summary>
internal static partial class PganHelp
{
    private static readonly ConcurrentDictionary<string, Lazy<IReadOnlyDictionary<string, string>>> Commands = new();

    /// <summary>The options of a command: name, and the text between &lt; and &gt; behind it.</summary>
    public static IReadOnlyDictionary<string, string> Options(string command) => Commands.GetOrAdd(command, name => new(() => Read(name))).Value;

    /// <summary>Fails the test unless the command takes every option, and every value where the help lists them.</summary>
    /// <param name="arguments">The command, then options as <c>--name</c> or <c>--name=value</c>; others are operands.</param>
    /// <param name="where">For the message.</param>
    public static void AssertTakes(IReadOnlyList<string> arguments, string where)
    {
        var options = Options(arguments[0]);
        foreach (var argument in arguments.Skip(1).Where(argument => argument.StartsWith('-')))
        {
            var parts = argument.Split('=', 2);
            Assert.True(options.TryGetValue(parts[0], out var values), $"{where}: pgan {arguments[0]} has no option {parts[0]}; it takes {string.Join(", ", options.Keys)}.");
            if (parts.Length == 2 && values.Contains('|', StringComparison.Ordinal))
            {
                Assert.True(values.Split('|').Contains(parts[1], StringComparer.OrdinalIgnoreCase), $"{where}: {parts[0]} takes {values}, not {parts[1]}.");
            }

            Assert.True(parts.Length == 2 || values.Length == 0, $"{where}: {parts[0]} needs a value <{values}>.");
        }
    }

    private static Dictionary<string, string> Read(string command)
    {
        var help = Tool.Pgan.Run(command, "--help").Succeeded();
        Assert.Contains($"pgan {command}", help.Output, StringComparison.Ordinal);
        return OptionLine().Matches(help.Output).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
    }

    [GeneratedRegex(@"^ {2}(?:-\S+, )*(--[a-z-]+)(?: <([^>]+)>)?", RegexOptions.Multiline)]
    private static partial Regex OptionLine();
}
