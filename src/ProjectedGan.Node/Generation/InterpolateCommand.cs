using System.CommandLine;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Node.Cli;
using ProjectedGan.Torch;

namespace ProjectedGan.Node.Generation;

/// <summary><c>pgan interpolate</c>: a walk through latent space as an animated WebP.</summary>
internal static class InterpolateCommand
{
    public static Command Build()
    {
        Argument<string> destination = new("destination") { Description = "The .webp to write." };
        Option<int> cells = new("--cells") { Description = "Cells a row and a column.", DefaultValueFactory = _ => 4 };
        Option<int> stops = new("--stops") { Description = "Latents that each cell visits.", DefaultValueFactory = _ => 4 };
        Option<int> frames = new("--frames") { Description = "Frames from one latent to the next.", DefaultValueFactory = _ => 12 };
        Option<long> seed = new("--seed") { Description = "Seed of the latents." };
        Option<int?> label = new("--class") { Description = "Class of a conditional generator; the cells, and where they are too few the latents, take those that have images in turn by default." };
        ExampleCommand command = new(
            "interpolate",
            "Writes an animation of samples that change into each other.",
            "interpolate runs/emoji-faces walk.webp",
            "interpolate runs/church walk.webp --cells 2 --stops 8 --frames 30 --device cuda")
        {
            destination, cells, stops, frames, seed, label,
        };
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, cancellation) =>
        {
            LatentWalk walk = new()
            {
                Cells = parsed.GetValue(cells),
                Stops = parsed.GetValue(stops),
                FramesBetween = parsed.GetValue(frames),
                Seed = parsed.GetValue(seed),
                Class = parsed.GetValue(label),
            };
            if (walk.Cells < 1 || walk.Stops < 2 || walk.FramesBetween < 1)
            {
                throw new UsageException($"--cells {walk.Cells}, --stops {walk.Stops}, --frames {walk.FramesBetween}: at least 1 cell, 2 stops and 1 frame are needed.");
            }

            string target = parsed.GetValue(destination)!;
            if (!target.EndsWith(".webp", StringComparison.OrdinalIgnoreCase))
            {
                throw new UsageException($"'{target}' does not end with .webp, the only format of animations here.");
            }

            TorchRuntime.SetThreads(Environment.ProcessorCount);
            using TrainedGenerator trained = generator.Open(parsed);
            using IImageDataset? labels = trained.OpenLabels(walk.Class);
            (walk with { Labels = labels }).Write(trained.Network, target, cancellation);
            Console.WriteLine($"{target}: {walk.Stops * walk.FramesBetween} frames of {trained.Description}");
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
