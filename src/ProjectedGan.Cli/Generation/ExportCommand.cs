using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Networks.StateDicts;

namespace ProjectedGan.Cli.Generation;

/// <summary><c>pgan export</c>: a run's generator as one file, for other programs.</summary>
internal static class ExportCommand
{
    private const string Onnx = ".onnx";

    public static Command Build()
    {
        Argument<string> destination = new("destination") { Description = $"The {Onnx} or {GeneratorFile.Extension} to write." };
        Option<double?> truncation = new("--truncation")
        {
            Description = $"{Onnx} of StyleGAN2 and hybrid: as in generate; it becomes part of the model.",
            HelpName = "PSI",
        };
        Option<NoiseMode?> noise = new("--noise")
        {
            Description = $"{Onnx} of StyleGAN2 and hybrid: stored, the network's own, by default, or none. A model draws none.",
        };
        ExampleCommand command = new(
            "export",
            """
            Writes a trained generator as one file. An ONNX model (opset 17) takes latents z [N, Z], standard normal, and of a conditional
            generator class [N, C], one-hot, and gives images [N, 3, R, R] in about [-1, 1]. A safetensors file has the reference's names of
            tensors and, in its metadata, the settings that say the network's shape.
            """,
            "export runs/church church.onnx --truncation 0.7",
            "export runs/emoji-faces faces.safetensors")
        {
            destination, truncation, noise,
        };
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, _) =>
        {
            var target = parsed.GetValue(destination)!;
            var isOnnx = target.EndsWith(Onnx, StringComparison.OrdinalIgnoreCase);
            if (!isOnnx && !target.EndsWith(GeneratorFile.Extension, StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException(
                    $"'{target}' ends with neither {Onnx} nor {GeneratorFile.Extension}, the formats that are written.");
            }

            if (!isOnnx && (parsed.GetValue(truncation) is not null || parsed.GetValue(noise) is not null))
            {
                throw new UsageException(
                    $"--truncation and --noise go into an {Onnx}; a {GeneratorFile.Extension} holds the generator itself. Leave them out.");
            }

            if (parsed.GetValue(noise) == NoiseMode.Drawn)
            {
                throw new UsageException("--noise is drawn, and an ONNX model draws nothing: use stored or none.");
            }

            using var trained = generator.Open(parsed);
            if (isOnnx)
            {
                SynthesisFlags.Truncate(trained.Network, parsed.GetValue(truncation));
                trained.Network.NoiseMode = parsed.GetValue(noise) ?? NoiseMode.Stored;
                OnnxExport.Write(trained.Network, target, GeneratorFile.Settings(trained.Spec));
            }
            else
            {
                GeneratorFile.Write(target, trained.Spec, StateDict.Named(trained.Network), trained.Description);
            }

            Console.WriteLine($"{target}: {new FileInfo(target).Length:N0} bytes, {trained.Description}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
