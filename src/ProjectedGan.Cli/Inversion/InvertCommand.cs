using System.CommandLine;
using System.Globalization;
using ProjectedGan.Cli.Generation;
using ProjectedGan.Cli.Shell;
using ProjectedGan.Data.Images;
using ProjectedGan.Evaluation.Samples;
using ProjectedGan.Foundation;
using ProjectedGan.Networks.Features;
using ProjectedGan.Networks.Images;
using ProjectedGan.Networks.Noise;
using ProjectedGan.Tensors;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Inversion;

/// <summary><c>pgan invert</c>: the latent of a given image.</summary>
internal static class InvertCommand
{
    private const string Latent = "latent.safetensors", Reconstruction = "reconstruction.png", Comparison = "comparison.png";

    public static Command Build()
    {
        Argument<string> destination = new("destination") { Description = $"The folder to write {Latent}, {Reconstruction} and {Comparison} to." };
        Option<string> image = new("--image")
        {
            Description = "The image; its middle square is taken, in the generator's resolution.",
            HelpName = "FILE",
            Required = true,
        };
        Option<string?> features = new("--features")
        {
            Description = $"Whose features are compared: {string.Join(", ", FeatureNetworks.Names)}; by default those that the generator was trained by.",
            HelpName = "NAME",
        };
        Option<int> steps = new("--steps") { Description = "Steps of the search.", DefaultValueFactory = _ => 1_000 };
        Option<long> seed = new("--seed") { Description = "Seed of the search." };
        Option<int?> label = new("--class") { Description = "Class of a conditional generator." };
        Option<bool> overwrite = new("--overwrite") { Description = "Replace files that are in the folder." };
        ExampleCommand command = new(
            "invert",
            "Finds the latent whose image is nearest to a given one. Ctrl-C keeps the best so far.",
            "invert runs/church mine/ --image photo.jpg",
            "invert runs/flowers rose/ --image rose.png --class 3 --features tf_efficientnet_lite0 --steps 500 --device cuda")
        {
            destination, image, features, steps, seed, label, overwrite,
        };
        var generator = new GeneratorSource().AddTo(command);
        command.Runs((parsed, cancellation) =>
        {
            string folder = parsed.GetValue(destination)!, file = parsed.GetValue(image)!;
            var count = parsed.GetValue(steps);
            var named = parsed.GetValue(label);
            if (count < 1)
            {
                throw new UsageException($"--steps is {count}; it must be 1 or more.");
            }

            CheckTarget(folder, parsed.GetValue(overwrite));
            TorchRuntime.SetThreads(Environment.ProcessorCount);
            using var trained = generator.Open(parsed);
            trained.RequireClass(named);
            if (trained.Network.Classes > 0 && named is null)
            {
                throw new UsageException($"The generator has {trained.Network.Classes} classes; say which one the image is of with --class.");
            }

            // Nothing but the latent may make the image.
            trained.Network.NoiseMode = NoiseMode.Stored;
            var target = ReadImage(file, trained.Network.Resolution);
            using var wanted = Pixels(target, generator.Device(parsed));
            var spec = trained.Spec.Features;
            var network = TargetDistance.OpenNetwork(trained, parsed.GetValue(features), generator.Device(parsed));
            using TargetDistance distance = new(network, spec.EffectiveInputSize(trained.Network.Resolution), wanted);
            LatentSearch search = new(trained.Network, distance) { Steps = count, Seed = parsed.GetValue(seed), Class = named };
            ConvolutionCheck.Require(Convolutions.Record(search.Rehearse));
            FoundLatent? found = null;
            WorkProgress.Show(count, report => found = search.Find(report, cancellation));
            using (found!.Point)
            {
                Write(folder, trained, found, named, target);
            }

            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.Combine(folder, Latent)}: distance {found.Distance:G4} after {found.Steps:N0} steps, {found.First:G4} at the start"));
            if (found.Steps == count)
            {
                return Task.FromResult(ExitCode.Success);
            }

            Console.Error.WriteLine($"pgan: stopped after {found.Steps:N0} of {count:N0} steps; the best so far is kept.");
            return Task.FromResult(ExitCode.Interrupted);
        });
        return command;
    }

    private static void Write(string folder, TrainedGenerator trained, FoundLatent found, int? label, ImageBuffer target)
    {
        var path = Path.Combine(folder, Latent);
        Directory.CreateDirectory(folder);
        LatentFile.Write(path, found.Point, label, new Dictionary<string, string>
        {
            ["generator"] = trained.Description,
            ["distance"] = found.Distance.ToString("R", CultureInfo.InvariantCulture),
            ["steps"] = found.Steps.ToString(CultureInfo.InvariantCulture),
        });
        // From the file, as `pgan generate --latents` shows it.
        using var latents = LatentFile.Read([path], trained.Network, label: null);
        var reconstruction = SampleFiles.Each(latents, CancellationToken.None).Single();
        SampleFiles.WritePng(reconstruction, Path.Combine(folder, Reconstruction));
        SampleFiles.WritePng(SampleGrid.Compose([target, reconstruction], columns: 2), Path.Combine(folder, Comparison));
    }

    private static void CheckTarget(string folder, bool overwrite)
    {
        if (File.Exists(folder))
        {
            throw new UsageException($"'{folder}' is a file; give a folder.");
        }

        var files = new[] { Latent, Reconstruction, Comparison }.Select(name => Path.Combine(folder, name));
        if (!overwrite && files.FirstOrDefault(Path.Exists) is { } there)
        {
            throw new UsageException($"'{there}' is there already; give another folder, or --overwrite to replace it.");
        }
    }

    private static ImageBuffer ReadImage(string file, int resolution)
    {
        if (!File.Exists(file))
        {
            throw new UsageException($"--image is '{file}', and there is no such file.");
        }

        try
        {
            var opaque = ImageTransforms.Composite(ImageCodec.Decode(File.ReadAllBytes(file)), RgbColor.White);
            var image = ImageTransforms.WithChannels(opaque, channels: 3);
            return Lanczos.Resize(ImageTransforms.CentreSquare(image), resolution, resolution);
        }
        catch (ImageException error)
        {
            throw new PganException($"--image is '{file}': {error.Message}.", error);
        }
    }

    // [1, 3, R, R] in [-1, 1].
    private static Tensor Pixels(ImageBuffer image, Device device)
    {
        using var scope = NewDisposeScope();
        var bytes = tensor(image.Pixels, [1, image.Height, image.Width, image.Channels]);
        return ImageTensors.FromBytes(bytes.permute(0, 3, 1, 2).contiguous()).to(device).MoveToOuterDisposeScope();
    }
}
