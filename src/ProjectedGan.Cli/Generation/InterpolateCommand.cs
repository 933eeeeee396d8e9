using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;

namespace ProjectedGan.Cli.Generation;

/// <summary><c>pgan interpolate</c>: a walk through latent space as an animated WebP or a video.</summary>
internal static class InterpolateCommand
{
    public static Command Build()
    {
        Argument<string> destination = new("destination") { Description = "The .webp to write, or the .mp4, which needs ffmpeg." };
        Option<int> cells = new("--cells") { Description = "Cells a row and a column; 4, and 1 for --seeds and --latents." };
        Option<int> stops = new("--stops") { Description = "Latents that each cell visits; 4, and for --seeds and --latents as many as they are." };
        Option<int> frames = new("--frames") { Description = "Frames from one latent to the next.", DefaultValueFactory = _ => 12 };
        Option<int> fps = new("--fps") { Description = "Frames a second.", DefaultValueFactory = _ => 20 };
        Option<long> seed = new("--seed") { Description = "Seed of latents and noise." };
        Option<string?> seeds = new("--seeds")
        {
            Description = "In place of latents of one seed: the first sample of each of these, as pgan generate shows it; 0-7 or 3,1,20.",
            HelpName = "SEEDS",
        };
        Option<int?> label = new("--class") { Description = "Class of a conditional generator; the cells, and where they are too few the latents, take those that have images in turn by default." };
        ExampleCommand command = new(
            "interpolate",
            "Writes an animation of samples that change into each other.",
            "interpolate runs/emoji-faces walk.webp",
            "interpolate runs/church walk.mp4 --seeds 4,18,3,77 --frames 60 --fps 30 --truncation 0.7",
            "interpolate runs/church between.webp --latents me/latent.safetensors --latents you/latent.safetensors",
            "interpolate runs/church walk.webp --cells 2 --stops 8 --frames 30 --device cuda")
        {
            destination, cells, stops, frames, fps, seed, seeds, label,
        };
        var synthesis = new SynthesisFlags().AddTo(command);
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, cancellation) =>
        {
            var list = parsed.GetValue(seeds) is { } text ? SampleChoice.ParseSeeds(text) : null;
            var target = parsed.GetValue(destination)!;
            AnimationFile.Check(target, parsed.GetValue(fps));
            TorchRuntime.SetThreads(Environment.ProcessorCount);
            using var trained = generator.Open(parsed);
            var named = parsed.GetValue(label);
            using var latents = synthesis.Apply(parsed, trained, named, seeds);
            using IImageDataset? labels = latents is null ? trained.OpenLabels(named) : null;
            var side = Given(cells) ?? (list is null && latents is null ? 4 : 1);
            LatentWalk walk = new()
            {
                Cells = side,
                Stops = Stops(side),
                FramesBetween = parsed.GetValue(frames),
                FramesPerSecond = parsed.GetValue(fps),
                Seed = parsed.GetValue(seed),
                Seeds = list,
                Latents = latents,
                Labels = labels,
                Class = named,
            };
            if (walk.Cells < 1 || walk.Stops < 2 || walk.FramesBetween < 1)
            {
                throw new UsageException($"--cells {walk.Cells}, --stops {walk.Stops}, --frames {walk.FramesBetween}: at least 1 cell, 2 stops and 1 frame are needed.");
            }

            var images = walk.Frames(trained.Network, cancellation);
            WorkProgress.Show(
                walk.Length, report => AnimationFile.Write(target, WorkProgress.Counted(images, report), walk.FramesPerSecond, cancellation));
            Console.WriteLine($"{target}: {walk.Length} frames of {trained.Description}");
            return Task.FromResult(ExitCode.Success);

            int? Given(Option<int> option) => parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

            int Stops(int side)
            {
                if ((latents?.Count ?? list?.Count) is not { } points)
                {
                    return Given(stops) ?? 4;
                }

                var what = latents is null ? "--seeds" : "--latents";
                if (Given(stops) is not null)
                {
                    throw new UsageException($"{what} says how many latents there are; leave --stops out.");
                }

                var all = (long)side * side;
                return side > 0 && points % all == 0 && points / all > 1
                    ? (int)(points / all)
                    : throw new UsageException(
                        $"{what} has {points:N0} latents, and --cells is {side}: each of the {all:N0} cells visits as many, two at least.");
            }
        });
        return command;
    }
}
