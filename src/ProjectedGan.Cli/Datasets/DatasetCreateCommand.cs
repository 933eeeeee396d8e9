using System.CommandLine;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Data.Images;
using ProjectedGan.Foundation;
using ProjectedGan.Specification;
using Spectre.Console;

namespace ProjectedGan.Cli.Datasets;

/// <summary><c>pgan dataset create</c>: a StyleGAN-style zip from a folder, a zip or an npm package.</summary>
internal static class DatasetCreateCommand
{
    // More would scroll the summary away; the file lists them all.
    private const int SkippedShown = 10;

    public static Command Build()
    {
        Argument<string> source = new("source") { Description = "A folder, a zip or a .tgz package of PNG, JPEG, WebP, GIF, TIFF and AVIF images." };
        Argument<string> destination = new("destination") { Description = "The zip to write; one that exists is replaced once the new one is whole." };
        Option<int> resolution = new("--resolution") { Description = $"Pixels a side, a power of two from {DataSpec.SmallestResolution} to {DataSpec.LargestResolution}.", DefaultValueFactory = _ => 256 };
        Option<ImageFit> fit = new("--fit") { Description = "Crop the centre square, Letterbox with the background, or Stretch.", DefaultValueFactory = _ => ImageFit.Crop };
        Option<string> background = new("--background") { Description = "Colour behind transparent pixels and of bars, as #rrggbb.", DefaultValueFactory = _ => "#ffffff" };
        Option<bool> grey = new("--grey") { Description = "Write grey images." };
        Option<bool> mirror = new("--mirror") { Description = "Add a left-right flipped copy of each image." };
        Option<int> minimum = new("--min-size") { Description = "Skip images whose shorter side has fewer pixels." };
        Option<LabelSource> labels = new("--labels") { Description = "Class labels: Existing dataset.json, SubFolder names, or None.", DefaultValueFactory = _ => LabelSource.Existing };
        Option<int> threads = new("--threads") { Description = "Decoding threads; 0 for one a processor." };
        ExampleCommand command = new(
            "create",
            "Writes a dataset zip: centre-cropped, resized (Lanczos), stored PNGs with dataset.json.",
            "dataset create ~/photos photos-256.zip --resolution 256 --min-size 256",
            "dataset create animals/ animals-128.zip --resolution 128 --labels SubFolder --mirror")
        {
            source, destination, resolution, fit, background, grey, mirror, minimum, labels, threads,
        };
        command.Runs((parsed, cancellation) =>
        {
            var least = parsed.GetValue(minimum);
            if (least < 0)
            {
                throw new UsageException($"--min-size is {least}; give pixels, or 0 to take every image.");
            }

            if (!RgbColor.TryParse(parsed.GetValue(background), out var color))
            {
                throw new UsageException($"--background: '{parsed.GetValue(background)}' is no colour; write it as #rrggbb.");
            }

            DatasetCreateOptions options = new()
            {
                Resolution = parsed.GetValue(resolution),
                Channels = parsed.GetValue(grey) ? 1 : 3,
                Fit = parsed.GetValue(fit),
                Background = color,
                Mirror = parsed.GetValue(mirror),
                MinimumSize = least,
                Labels = parsed.GetValue(labels),
                Threads = parsed.GetValue(threads),
            };
            var created = Create(new DatasetSource(parsed.GetValue(source)!), parsed.GetValue(destination)!, options, cancellation);
            Print(created, options.Resolution);
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }

    /// <summary>Creates the dataset with a progress bar on a terminal.</summary>
    public static CreatedDataset Create(DatasetSource source, string destination, DatasetCreateOptions options, CancellationToken cancellation)
    {
        if (!AnsiConsole.Profile.Out.IsTerminal)
        {
            return DatasetCreator.Create(source, destination, options, null, cancellation);
        }

        return AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            var task = context.AddTask($"writing {Markup.Escape(Path.GetFileName(destination))}");
            return DatasetCreator.Create(source, destination, options, Show, cancellation);

            void Show(DatasetProgress progress)
            {
                task.MaxValue = progress.Total;
                task.Value = progress.Done;
            }
        });
    }

    private static void Print(CreatedDataset created, int resolution)
    {
        Console.WriteLine($"{created.Path}: {created.Count:N0} images{(created.Classes.Count > 0 ? $", {created.Classes.Count} classes" : "")}");
        ClassTable.Print(created.Classes);
        foreach (var lost in created.LostClasses.Take(SkippedShown))
        {
            Console.WriteLine($"lost      class '{lost}': none of its images can be used");
        }

        if (created.LeftOut.Summary is { } leftOut)
        {
            Console.WriteLine(leftOut);
        }

        if (created.Enlarged is { Count: > 0 } enlarged)
        {
            Console.WriteLine(
                $"enlarged {enlarged.Count:N0} images of fewer than {resolution} pixels a side, the smallest {enlarged.Smallest}; "
                + "--min-size leaves small ones out");
        }

        PrintSkipped(created);
    }

    private static void PrintSkipped(CreatedDataset created)
    {
        var list = created.Path + ".skipped.txt";
        if (created.Skipped.Count == 0)
        {
            // An earlier zip of this name may have left one.
            File.Delete(list);
            return;
        }

        File.WriteAllLines(list, created.Skipped.Select(image => $"{image.Name}: {image.Reason}"));
        Console.WriteLine($"skipped {created.Skipped.Count:N0} (all of them in {list}):");
        foreach (var image in created.Skipped.Take(SkippedShown))
        {
            Console.WriteLine($"  {image.Name}: {image.Reason}");
        }
    }
}

/// <summary>The classes of a dataset, one a line.</summary>
internal static class ClassTable
{
    // data.classes goes so far.
    private const int Shown = 1_000;

    public static void Print(IReadOnlyList<DatasetClass> classes)
    {
        foreach (var one in classes.Take(Shown))
        {
            Console.WriteLine($"          {one.Number}{(one.Name is null ? "" : $" {one.Name}")}: {one.Images:N0} images");
        }

        if (classes.Count > Shown)
        {
            Console.WriteLine($"          and {classes.Count - Shown:N0} more");
        }
    }
}
