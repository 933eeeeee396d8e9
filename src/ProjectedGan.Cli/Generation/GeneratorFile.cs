using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>
/// A generator as one file: safetensors under the reference's names, whose metadata holds the settings of a spec that say the network's
/// shape, under the spec's names (<c>generator.kind</c>, <c>data.resolution</c>).
/// </summary>
internal static class GeneratorFile
{
    public const string Extension = ".safetensors";

    private static readonly SpecField[] Shape =
    [
        .. SpecSchema.Fields.Where(field =>
            field.Path.StartsWith("generator.", StringComparison.Ordinal) || field.Path is "data.resolution" or "data.classes"),
    ];

    /// <summary>The settings that say a generator's shape, by name.</summary>
    public static Dictionary<string, string> Settings(TrainingSpec spec) =>
        Shape.ToDictionary(field => field.Path, field => field.Text(spec), StringComparer.Ordinal);

    /// <summary>Writes a generator's tensors, atomically.</summary>
    /// <param name="path">The file.</param>
    /// <param name="spec">Says the network's shape.</param>
    /// <param name="tensors">The network's state by name.</param>
    /// <param name="source">What the generator comes from, for whoever reads the file.</param>
    /// <exception cref="PganException">The file cannot be written; what was there before is whole.</exception>
    public static void Write(string path, TrainingSpec spec, IEnumerable<(string Name, Tensor Tensor)> tensors, string source) =>
        TensorFile.Write(path, tensors, new Dictionary<string, string>(Settings(spec)) { [WeightMetadata.Source] = source });

    /// <summary>The spec of a file of <see cref="Write"/>, as far as the generator goes; null where the file says nothing of one.</summary>
    /// <exception cref="PganException">The file is missing or damaged, or a setting is wrong.</exception>
    public static TrainingSpec? ReadSpec(string path)
    {
        using var file = SafeTensors.Read(path);
        KeyValuePair<string, string>[] settings = [.. file.Metadata.Where(entry => Shape.Any(field => field.Path == entry.Key))];
        return settings.Any(setting => setting.Key == "generator.kind")
            ? Checked(path, SpecSchema.With(new TrainingSpec(), settings))
            : null;
    }

    /// <summary>A spec whose generator can be built.</summary>
    /// <exception cref="PganException">Settings of its shape are out of range or contradict each other.</exception>
    public static TrainingSpec Checked(string path, TrainingSpec spec)
    {
        string[] problems =
        [
            .. TrainingSpecValidator.Validate(spec).Where(problem => Shape.Any(field => field.Path == problem.Path))
                .Select(problem => problem.Message),
        ];
        return problems.Length == 0
            ? spec
            : throw new PganException($"'{path}' holds a generator that is not run here: {string.Join(' ', problems)}");
    }
}

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
            var target = parsed.GetValue(destination)!;
            if (!target.EndsWith(GeneratorFile.Extension, StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException($"'{target}' does not end with {GeneratorFile.Extension}, the format of generators here.");
            }

            var spec = PublishedGenerator.Import(parsed.GetValue(file)!, target);
            var settings = GeneratorFile.Settings(spec).Select(setting => $"{setting.Key} {setting.Value}");
            Console.WriteLine($"{target}: {string.Join(", ", settings)}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
