using System.CommandLine;
using System.Globalization;

namespace ProjectedGan.Cli.Shell;

/// <summary>Options that take a time: 5s, 500ms, or seconds without a unit.</summary>
internal static class DurationOption
{
    public static Option<TimeSpan> Create(string name, string description, TimeSpan standard) => new(name)
    {
        Description = description,
        HelpName = "SECONDS",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            (string number, double unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : (text.TrimEnd('s'), 1.0);
            if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value * unit is >= 0.01 and <= 3600)
            {
                return TimeSpan.FromSeconds(value * unit);
            }

            result.AddError($"{name}: '{text}' is no duration; use for example 5s or 500ms, from 10ms to 3600s.");
            return default;
        },
    };
}
