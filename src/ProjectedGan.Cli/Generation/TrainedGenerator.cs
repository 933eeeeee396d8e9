using ProjectedGan.Cli.Runs;
using ProjectedGan.Data.Datasets;
using ProjectedGan.Foundation;
using ProjectedGan.Networks;
using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Training.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Generation;

/// <summary>The averaged generator of a run, in evaluation mode, with the spec it was trained by.</summary>
internal sealed class TrainedGenerator : IDisposable
{
    private TrainedGenerator(TrainingSpec spec, GeneratorNetwork network, string description)
    {
        Spec = spec;
        Network = network;
        Description = description;
    }

    public TrainingSpec Spec { get; }

    public GeneratorNetwork Network { get; }

    /// <summary>What it is, for messages: the name of the checkpoint or the file.</summary>
    public string Description { get; }

    /// <summary>Opens the newest whole checkpoint of a run's folder, a checkpoint's folder, or a <see cref="GeneratorFile"/>.</summary>
    /// <exception cref="UsageException">It is none of these.</exception>
    /// <exception cref="PganException">The checkpoint or the file is damaged.</exception>
    public static TrainedGenerator Open(string path, Device device)
    {
        var mayKnow = File.Exists(path) && path.EndsWith(GeneratorFile.Extension, StringComparison.OrdinalIgnoreCase);
        if (mayKnow && GeneratorFile.ReadSpec(path) is { } known)
        {
            return Load(known, path, Path.GetFileName(path), device);
        }

        var checkpoint = Find(path);
        var spec = SpecSchema.With(new TrainingSpec(), checkpoint.Manifest.Spec);
        // The manifest's settings determine the weights; that of the feature network's weights only says where they came from.
        spec = spec with { Features = spec.Features with { Weights = checkpoint.Manifest.FeatureNetworkWeights } };
        var ofTheRun = Path.GetFullPath(Path.Combine(checkpoint.Folder, "..", ".."));
        if (new[] { checkpoint.Folder, ofTheRun }.Select(folder => new RunFolder(folder).Spec).FirstOrDefault(File.Exists) is { } runSpec)
        {
            // The run's own file also knows where the images are.
            spec = spec with { Data = spec.Data with { Path = TrainingSpecFile.LoadUnvalidated(runSpec).Data.Path } };
        }

        return Load(spec, checkpoint.File(CheckpointFiles.Average), Path.GetFileName(checkpoint.Folder), device);
    }

    /// <summary>Opens a generator's safetensors file, whoever wrote it, under the reference's names.</summary>
    /// <exception cref="UsageException">The file does not exist.</exception>
    /// <exception cref="PganException">The spec is wrong, or the file is damaged or of another generator.</exception>
    public static TrainedGenerator Open(string path, string specFile, Device device)
    {
        if (!File.Exists(path))
        {
            throw new UsageException($"'{path}' is no file; --spec goes with the .safetensors of a generator. A run's folder has its own spec.");
        }

        var spec = TrainingSpecFile.LoadUnvalidated(specFile);
        return Load(spec, path, Path.GetFileName(path), device);
    }

    /// <summary>The data set whose labels a conditional generator's classes are drawn from; null where none are drawn. The caller disposes it.</summary>
    /// <param name="label">The class that the user chose; null for drawn ones.</param>
    /// <exception cref="UsageException">The generator has no class of that number.</exception>
    /// <exception cref="PganException">There are no images where the spec says.</exception>
    public ImageDataset? OpenLabels(int? label)
    {
        RequireClass(label);
        if (label is not null)
        {
            return null;
        }

        if (Network.Classes > 0 && Spec.Data.Path.Length == 0)
        {
            throw new UsageException(
                $"{Description} names no data set from whose labels classes could be drawn; choose one of its {Network.Classes} with --class.");
        }

        try
        {
            return Network.Classes > 0 ? ImageDataset.Open(Spec.Data.Path) : null;
        }
        catch (DatasetException error)
        {
            throw new PganException($"{error.Message} Classes are drawn from its labels; --class chooses one without it.", error);
        }
    }

    /// <summary>Refuses a class that the generator does not have.</summary>
    /// <param name="label">The class that the user chose, if any.</param>
    /// <exception cref="UsageException">There is none of that number.</exception>
    public void RequireClass(int? label)
    {
        if (label < 0 || label >= Network.Classes)
        {
            throw new UsageException(Network.Classes == 0
                ? $"--class is {label}, and the generator was trained without classes; leave --class out."
                : $"--class is {label}; the generator has {Network.Classes} classes, numbered from 0.");
        }
    }

    public void Dispose() => Network.Dispose();

    private static TrainedGenerator Load(TrainingSpec spec, string file, string description, Device device)
    {
        var network = new NetworkFactory(spec with { Execution = new() }).CreateEmptyGenerator();
        try
        {
            StateDict.Load(network, file);
            network.to(device);
            network.eval();
            return new TrainedGenerator(spec, network, description);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    private static Checkpoint Find(string path)
    {
        if (File.Exists(path))
        {
            throw new UsageException($"'{path}' is a file: give the spec that it was trained by with --spec.");
        }

        RunFolder folder = new(Path.GetFullPath(path));
        if (!Directory.Exists(folder.Checkpoints) && !File.Exists(Path.Combine(path, CheckpointStore.ManifestName)))
        {
            throw new UsageException($"'{path}' is neither a run's folder nor a checkpoint's; a run has a folder 'checkpoints', a checkpoint a file '{CheckpointStore.ManifestName}'.");
        }

        return folder.Newest(warning => Console.Error.WriteLine($"pgan: {warning}")) ?? throw new PganException($"'{path}' has no whole checkpoint yet.");
    }
}
