using ProjectedGan.Foundation;
using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Specification;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.State;
using ProjectedGan.Weights.SafeTensorsFormat;
using ProjectedGan.Weights.Sources;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Checkpoints;

/// <summary>Puts a checkpoint's state into a worker.</summary>
internal static class CheckpointLoader
{
    private static readonly StateDictOptions Exact = new() { Optional = _ => false };

    /// <exception cref="UsageException">The checkpoint is of another spec, data set or feature network; the message names the difference.</exception>
    public static void RequireSame(Checkpoint checkpoint, TrainingSpec spec, string? datasetHash, string featureNetworkHash)
    {
        var manifest = checkpoint.Manifest;
        if (manifest.SpecHash != SpecHash.Compute(spec))
        {
            var differences = SpecSchema.Fields.Where(field => field.DeterminesResult)
                .Select(field => (field.Path, Here: field.Text(spec), There: manifest.Spec.GetValueOrDefault(field.Path, "nothing")))
                .Where(field => field.Here != field.There)
                .Select(field => $"{field.Path} is {field.There} there and {field.Here} here");
            throw new UsageException($"{checkpoint.Folder}: the checkpoint is of another spec: {string.Join("; ", differences)}. "
                + "Restore these values, or train in another folder.");
        }
        if (datasetHash is not null && manifest.DatasetHash is not null && manifest.DatasetHash != datasetHash)
        {
            throw new UsageException($"{checkpoint.Folder}: the checkpoint is of another data set ({manifest.DatasetHash[..12]}…, "
                + $"this one is {datasetHash[..12]}…). Give data.path the data set it was trained with, or train in another folder.");
        }
        if (manifest.FeatureNetworkHash != featureNetworkHash)
        {
            throw new UsageException($"{checkpoint.Folder}: the checkpoint was trained with other weights of the feature network "
                + $"('{manifest.FeatureNetworkWeights}'). Give features.weights that file, or train in another folder.");
        }
    }

    /// <exception cref="PganException">A file does not fit the networks.</exception>
    public static void Load(Checkpoint checkpoint, TrainingWorker worker)
    {
        using var noGrad = no_grad();
        var state = worker.State;
        StateDict.Load(state.Generator.Module, checkpoint.File(CheckpointFiles.Generator), Exact);
        StateDict.Load(state.Discriminator.Module, checkpoint.File(CheckpointFiles.Discriminator), Exact with { Rename = Strip(CheckpointFiles.DiscriminatorPrefix) });
        StateDict.Load(state.Projector, checkpoint.File(CheckpointFiles.Projection),
            new StateDictOptions { Rename = Strip(CheckpointFiles.ProjectorPrefix), Optional = name => !CheckpointFiles.IsProjection(name) });
        using (var source = SafeTensors.Read(checkpoint.File(CheckpointFiles.Average)))
        {
            Load(source, worker.Average, name => name);
        }
        using (var source = SafeTensors.Read(checkpoint.File(CheckpointFiles.Optimizer)))
        {
            Load(source, state.Generator, worker.GeneratorUpdate, CheckpointFiles.GeneratorMoments);
            Load(source, state.Discriminator, worker.DiscriminatorUpdate, CheckpointFiles.DiscriminatorMoments);
        }
        worker.GeneratorUpdate.Adam.StepCount = checkpoint.Manifest.GeneratorSteps;
        worker.DiscriminatorUpdate.Adam.StepCount = checkpoint.Manifest.DiscriminatorSteps;
        state.Adaptation = checkpoint.Manifest.Adaptation ?? state.Adaptation;
    }

    private static void Load(IWeightSource source, NetworkState network, GradientUpdate update, string prefix)
    {
        using var group = network.Trained.Clone();
        Load(source, group, name => prefix + name + CheckpointFiles.FirstMoment);
        update.Adam.FirstMoments[0].copy_(group.Flat);
        Load(source, group, name => prefix + name + CheckpointFiles.SecondMoment);
        update.Adam.SecondMoments[0].copy_(group.Flat);
    }

    private static void Load(IWeightSource source, FlatGroup target, Func<string, string> fileName)
    {
        foreach (var (name, view) in target.Named)
        {
            using var loaded = source.Load(fileName(name));
            view.copy_(loaded);
        }
    }

    private static Func<string, string?> Strip(string prefix) =>
        name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
}
