using ProjectedGan.Networks.Generators;
using ProjectedGan.Networks.WeightFiles;
using ProjectedGan.Node.Runs;
using ProjectedGan.Torch;
using ProjectedGan.Training.Checkpoints;
using ProjectedGan.Training.Networks;
using ProjectedGan.Training.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Node.Generation;

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

    /// <summary>What it is, for messages: the checkpoint's name.</summary>
    public string Description { get; }

    /// <summary>Opens the newest whole checkpoint of a run's folder, or a checkpoint's folder.</summary>
    /// <exception cref="UsageException">The folder is neither.</exception>
    /// <exception cref="PganException">The checkpoint is damaged.</exception>
    public static TrainedGenerator Open(string path, Device device)
    {
        Checkpoint checkpoint = Find(path);
        TrainingSpec spec = SpecSchema.With(new TrainingSpec(), checkpoint.Manifest.Spec);
        string runSpec = Path.GetFullPath(Path.Combine(checkpoint.Folder, "..", "..", "spec.yaml"));
        if (File.Exists(runSpec))
        {
            // The manifest holds what determines the weights; the run's own file also knows where the images are.
            spec = spec with { Data = spec.Data with { Path = TrainingSpecFile.LoadUnvalidated(runSpec).Data.Path } };
        }

        GeneratorNetwork network = new NetworkFactory(spec with { Execution = new() }).CreateEmptyGenerator();
        try
        {
            StateDict.Load(network, checkpoint.File(CheckpointFiles.Average));
            network.to(device);
            network.eval();
            return new TrainedGenerator(spec, network, Path.GetFileName(checkpoint.Folder));
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    public void Dispose() => Network.Dispose();

    private static Checkpoint Find(string path)
    {
        if (File.Exists(Path.Combine(path, CheckpointStore.ManifestName)))
        {
            return CheckpointStore.Open(path);
        }

        string checkpoints = new RunFolder(Path.GetFullPath(path)).Checkpoints;
        if (!Directory.Exists(checkpoints))
        {
            throw new UsageException($"'{path}' is neither a run's folder nor a checkpoint's; a run has a folder 'checkpoints', a checkpoint a file '{CheckpointStore.ManifestName}'.");
        }

        return new CheckpointStore(checkpoints, int.MaxValue).Newest(warning => Console.Error.WriteLine($"pgan: {warning}"))
            ?? throw new PganException($"'{path}' has no whole checkpoint yet.");
    }
}
