using System.CommandLine;
using ProjectedGan.Foundation;

namespace ProjectedGan.Cli.Shell;

/// <summary>The option <c>--set NAME=VALUE</c>: any setting of a spec, as often as one likes.</summary>
internal static class SettingOption
{
    public static Option<string[]> Create(string description = "Any setting of the spec.") => new("--set")
    {
        Description = description,
        HelpName = "NAME=VALUE",
    };

    /// <summary>Names and values.</summary>
    /// <exception cref="UsageException">One has no equals sign.</exception>
    public static IEnumerable<KeyValuePair<string, string>> Parse(IEnumerable<string> assignments) => assignments.Select(assignment =>
        assignment.Split('=', 2) is [var name, var value] ? KeyValuePair.Create(name, value) : throw new UsageException($"--set: '{assignment}' is not NAME=VALUE."));
}
