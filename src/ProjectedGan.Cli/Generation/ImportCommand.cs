using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;

namespace ProjectedGan.Cli.Generation;

/// <summary><c>pgan import</c>: a published generator as a file that <c>generate</c> and its like take.</summary>
internal static class ImportCommand
{
    public static Command Build()
    {
        Argument<string> file = new("file")
        {
            Description = "A network-snapshot.pkl of StyleGAN2-ADA, of StyleGAN3's repository (StyleGAN2 only) or of Projected GAN.",
        };
        Argument<string> destination = new("destination") { Description = $"The {GeneratorFile.Extension} to write." };
        ExampleCommand command = new(
            "import",
            """
            Converts a published generator's network pickle, its G_ema, to a file that generate, interpolate, evaluate and export take.
            Nothing in the file is executed. Weights of feature networks are imported by: pgan weights import.
            """,
            "import network-snapshot.pkl church.safetensors",
            "generate church.safetensors samples.png --truncation 0.7")
        {
            file, destination,
        };
        command.Runs((parsed, _) =>
        {
            string target = parsed.GetValue(destination)!;
            if (!target.EndsWith(GeneratorFile.Extension, StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException($"'{target}' does not end with {GeneratorFile.Extension}, the format of generators here.");
            }

            TrainingSpec spec = PublishedGenerator.Import(parsed.GetValue(file)!, target);
            IEnumerable<string> settings = GeneratorFile.Settings(spec).Select(setting => $"{setting.Key} {setting.Value}");
            Console.WriteLine($"{target}: {string.Join(", ", settings)}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
