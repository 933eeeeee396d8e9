using System.CommandLine;
using System.Globalization;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Shell;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Print stack traces with errors.",
        Recursive = true,
    };

    /// <summary>The device option of the commands that compute.</summary>
    public static Option<string> Device() => new("--device")
    {
        Description = "Where to compute: cpu, cuda or cuda:N.",
        DefaultValueFactory = _ => "cpu",
        HelpName = "DEVICE",
    };

    /// <summary>The address option of everything that calls a coordinator.</summary>
    public static Option<string> Coordinator() => new("--coordinator")
    {
        Description = "The coordinator's address; PGAN_COORDINATOR.",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PGAN_COORDINATOR") is { Length: > 0 } address ? address : "http://127.0.0.1:7400",
        HelpName = "URL",
    };
}

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
            var text = result.Tokens[0].Value;
            (var number, var unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : (text.TrimEnd('s'), 1.0);
            if (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value * unit is >= 0.01 and <= 3600)
            {
                return TimeSpan.FromSeconds(value * unit);
            }

            result.AddError($"{name}: '{text}' is no duration; use for example 5s or 500ms, from 10ms to 3600s.");
            return default;
        },
    };
}

/// <summary>Reads <c>--device</c>.</summary>
internal static class DeviceChoice
{
    /// <exception cref="UsageException">The text is no device, or there is no such GPU.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu")
        {
            return CPU;
        }

        var parts = text.Split(':');
        var index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], out index)) || index < 0)
        {
            throw new UsageException($"--device: '{text}' is no device; use cpu, cuda or cuda:N.");
        }

        if (!cuda.is_available())
        {
            throw new UsageException($"--device: '{text}' cannot be used: {TorchRuntime.Describe().CudaStatus} Use --device cpu.");
        }

        return index < cuda.device_count()
            ? new Device(DeviceType.CUDA, index)
            : throw new UsageException($"--device: '{text}' is not there; this machine has {cuda.device_count()} GPU(s), numbered from 0.");
    }
}

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
