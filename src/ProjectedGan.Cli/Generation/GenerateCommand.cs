using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;

namespace ProjectedGan.Cli.Generation;

/// <summary><c>pgan generate</c>: samples of a run's generator.</summary>
internal static class GenerateCommand
{
    private const string Png = ".png";

    // What a user means by these is one file, which is none of ours.
    private static readonly string[] OtherImages = [".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"];

    public static Command Build()
    {
        Argument<string> destination = new("destination") { Description = "A folder for single PNGs, or a .png for one grid." };
        Option<int> count = new("--count") { Description = "How many samples.", DefaultValueFactory = _ => 64 };
        Option<int> columns = new("--columns") { Description = "Samples a row of a grid.", DefaultValueFactory = _ => 8 };
        Option<long> seed = new("--seed") { Description = "Seed of the latents; sample i depends on seed and i alone." };
        Option<string?> seeds = new("--seeds") { Description = "In place of --count and --seed: the first sample of each of these seeds, for example 0-31 or 1,5,9-12.", HelpName = "SEEDS" };
        Option<int?> label = new("--class") { Description = "Class of a conditional generator; drawn as often as in the data set by default. Names of single files tell it." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replace files that are in the folder." };
        ExampleCommand command = new(
            "generate",
            "Draws samples from a trained generator.",
            "generate runs/emoji-faces samples.png --count 64",
            "generate runs/flowers roses/ --class 3 --seeds 0-31",
            "generate runs/church samples/ --count 50000 --device cuda",
            "generate runs/church found/ --latents face/latent.safetensors")
        {
            destination, count, columns, seed, seeds, label, overwrite,
        };
        var synthesis = new SynthesisFlags().AddTo(command);
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, cancellation) =>
        {
            var target = CheckTarget(parsed.GetValue(destination)!);
            var list = parsed.GetValue(seeds) is { } text ? SampleChoice.ParseSeeds(text) : null;
            if (list is not null && (IsGiven(count) || IsGiven(seed)))
            {
                throw new UsageException("--seeds says which samples and how many; leave --count and --seed out.");
            }

            var wanted = Positive(parsed.GetValue(count), "--count");
            TorchRuntime.SetThreads(Environment.ProcessorCount);
            using var trained = generator.Open(parsed);
            var named = parsed.GetValue(label);
            using var latents = synthesis.Apply(parsed, trained, named, seeds, seed, count);
            using IImageDataset? labels = latents is null ? trained.OpenLabels(named) : null;
            var samples = latents is not null ? SampleChoice.OfLatents(latents)
                : list is null ? SampleChoice.OfSeed(trained.Network, wanted, parsed.GetValue(seed), labels, named)
                : SampleChoice.OfSeeds(trained.Network, list, labels, named);
            if (IsPng(target))
            {
                var row = Positive(parsed.GetValue(columns), "--columns");
                WorkProgress.Show(
                    samples.Count, report => SampleFiles.WriteGrid(WorkProgress.Counted(samples, report), row, target, cancellation));
            }
            else
            {
                if (!parsed.GetValue(overwrite) && samples.Names.FirstOrDefault(name => Path.Exists(Path.Combine(target, name))) is { } there)
                {
                    throw new UsageException($"'{Path.Combine(target, there)}' is there already; give another folder, or --overwrite to replace it.");
                }

                WorkProgress.Show(
                    samples.Count, report => SampleFiles.WriteEach(WorkProgress.Counted(samples, report), target, samples.Names, cancellation));
            }

            Console.WriteLine($"{target}: {samples.Count:N0} samples of {trained.Description}");
            return Task.FromResult(ExitCode.Success);

            bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
        });
        return command;
    }

    private static string CheckTarget(string target)
    {
        var extension = Path.GetExtension(target);
        if (OtherImages.Contains(extension, StringComparer.OrdinalIgnoreCase) && !Directory.Exists(target))
        {
            throw new UsageException($"'{target}' ends with {extension}, and samples are written as PNG: give a name with {Png} for a grid, or a folder for single files.");
        }

        return File.Exists(target) && !IsPng(target)
            ? throw new UsageException($"'{target}' is a file; give a folder for single PNGs, or a name with {Png} for a grid.")
            : target;
    }

    private static bool IsPng(string target) => target.EndsWith(Png, StringComparison.OrdinalIgnoreCase);

    private static int Positive(int value, string option) => value > 0 ? value : throw new UsageException($"{option} is {value}; it must be 1 or more.");
}
