using System.CommandLine;
using ProjectedGan.Cli.Shell;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>How a command names the generator that it uses: a run of this project, or weights from elsewhere with their spec.</summary>
internal sealed class GeneratorSource
{
    private readonly Argument<string> _generator = new("generator")
    {
        Description = "A run's folder, one of its checkpoints, or a .safetensors file: of export or import, or, with --spec, "
            + "under the reference's names, from PyTorch for example.",
    };

    private readonly Option<string?> _spec = new("--spec")
    {
        Description = "The spec that a .safetensors file was trained by; its generator and data sections are read.",
        HelpName = "FILE",
    };

    private readonly Option<string> _device = GlobalOptions.Device();

    /// <summary>Adds the argument, as the command's first, and the options.</summary>
    public GeneratorSource AddTo(Command command)
    {
        command.Arguments.Insert(0, _generator);
        command.Options.Add(_spec);
        command.Options.Add(_device);
        return this;
    }

    /// <summary>Where to compute.</summary>
    public Device Device(ParseResult parsed) => DeviceChoice.Parse(parsed.GetValue(_device)!);

    /// <summary>Opens what the arguments name; the caller disposes it.</summary>
    public TrainedGenerator Open(ParseResult parsed)
    {
        var path = parsed.GetValue(_generator)!;
        return parsed.GetValue(_spec) is { } spec ? TrainedGenerator.Open(path, spec, Device(parsed)) : TrainedGenerator.Open(path, Device(parsed));
    }
}
