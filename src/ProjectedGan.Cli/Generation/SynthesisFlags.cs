using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Noise;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>The options that say how a generator's samples are made, besides where its latents come from.</summary>
internal sealed class SynthesisFlags
{
    private readonly Option<double?> _truncation = new("--truncation")
    {
        Description = "StyleGAN2 and hybrid: how far styles keep their distance from the average one, 0 to 1; "
            + "less is better and more uniform.",
        HelpName = "PSI",
    };

    private readonly Option<NoiseMode?> _noise = new("--noise")
    {
        Description = "Injected noise: drawn for each sample, stored (StyleGAN2's and hybrid's own, the same for all; "
            + "the choice where --latents are given), or none.",
    };

    private readonly Option<string[]> _latents = new("--latents")
    {
        Description = "A .safetensors file of latents, such as pgan invert writes, in place of drawn ones. May be given several times.",
        HelpName = "FILE",
        DefaultValueFactory = _ => [],
    };

    public SynthesisFlags AddTo(Command command)
    {
        command.Add(_latents);
        command.Add(_truncation);
        command.Add(_noise);
        return this;
    }

    /// <summary>Sets what the options say, and opens the latents that they name, which the caller disposes.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="trained">The generator.</param>
    /// <param name="label">The class that the user chose.</param>
    /// <param name="drawn">The options that draw latents, which cannot stand beside files.</param>
    /// <exception cref="UsageException">Options contradict each other, or the generator has no such thing.</exception>
    /// <exception cref="PganException">A file cannot be read or is of another generator.</exception>
    public LatentFile? Apply(ParseResult parsed, TrainedGenerator trained, int? label, params Option[] drawn)
    {
        var files = parsed.GetValue(_latents)!;
        if (files.Length > 0 && drawn.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } both)
        {
            throw new UsageException($"--latents says which samples; leave {both.Name} out.");
        }

        var network = trained.Network;
        trained.RequireClass(label);
        Truncate(network, parsed.GetValue(_truncation));
        network.NoiseMode = parsed.GetValue(_noise) ?? (files.Length > 0 ? NoiseMode.Stored : NoiseMode.Drawn);
        if (files.Length == 0)
        {
            return null;
        }

        var latents = LatentFile.Read(files, network, label);
        if (latents.AreStyles && network.Truncation is { Psi: not 1 })
        {
            latents.Dispose();
            throw new UsageException(
                $"--truncation moves what latents are mapped to, and '{files[0]}' holds styles, which are taken as they are; leave it out.");
        }

        return latents;
    }

    /// <summary>Takes <c>--truncation</c>.</summary>
    /// <exception cref="UsageException">It is out of range, or the generator has no styles.</exception>
    public static void Truncate(GeneratorNetwork network, double? given)
    {
        if (given is not { } psi)
        {
            return;
        }

        if (psi is not (>= -2 and <= 2))
        {
            throw new UsageException(
                $"--truncation is {psi}; give a number from 0, the average image, to 1, none; up to 2 and down to -2 exaggerate.");
        }

        if (!network.CanTruncate && psi != 1.0)
        {
            throw new UsageException(
                $"--truncation is {psi}, and FastGAN has none: it brings every latent to the same length and maps it to no style "
                + "with an average to go to. Leave it out.");
        }

        network.Truncation = new Truncation(psi);
    }
}

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
