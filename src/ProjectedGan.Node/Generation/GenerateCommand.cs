using System.CommandLine;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Extraction;
using ProjectedGan.Node.Cli;
using ProjectedGan.Torch;

namespace ProjectedGan.Node.Generation;

/// <summary><c>pgan generate</c>: samples of a run's generator.</summary>
internal static class GenerateCommand
{
    public static Command Build()
    {
        Argument<string> destination = new("destination") { Description = "A folder for single PNGs, or a .png for one grid." };
        Option<int> count = new("--count") { Description = "How many samples.", DefaultValueFactory = _ => 64 };
        Option<int> columns = new("--columns") { Description = "Samples a row of a grid.", DefaultValueFactory = _ => 8 };
        Option<long> seed = new("--seed") { Description = "Seed of the latents; sample i depends on seed and i alone." };
        ExampleCommand command = new(
            "generate",
            "Draws samples from a trained generator.",
            "generate runs/emoji-faces samples.png --count 64",
            "generate runs/church samples/ --count 50000 --device cuda")
        {
            destination, count, columns, seed,
        };
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, cancellation) =>
        {
            int wanted = Positive(parsed.GetValue(count), "--count");
            string target = parsed.GetValue(destination)!;
            TorchRuntime.SetThreads(Environment.ProcessorCount);
            using TrainedGenerator trained = generator.Open(parsed);
            using IImageDataset? labels = trained.Network.Classes > 0 ? ImageDataset.Open(trained.Spec.Data.Path) : null;
            GeneratedImages images = new(trained.Network, wanted, parsed.GetValue(seed), labels);
            if (target.EndsWith(".png", StringComparison.OrdinalIgnoreCase))
            {
                SampleFiles.WriteGrid(images, Positive(parsed.GetValue(columns), "--columns"), target, cancellation);
            }
            else
            {
                SampleFiles.WriteEach(images, target, cancellation);
            }

            Console.WriteLine($"{target}: {wanted:N0} samples of {trained.Description}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    private static int Positive(int value, string option) => value > 0 ? value : throw new UsageException($"{option} is {value}; it must be 1 or more.");
}
