using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Training.Iteration;
using ProjectedGan.Training.State;
using static TorchSharp.torch;

namespace ProjectedGan.Training.Checkpoints;

/// <summary>
/// A copy of everything that a checkpoint holds, taken between two iterations, so that it can be written while training goes on; in the
/// host's memory, so that a device holds nothing twice.
/// </summary>
internal sealed class TrainingSnapshot : IDisposable
{
    private readonly List<FlatGroup> _groups = [];
    private readonly List<KeyValuePair<string, List<(string Name, Tensor Tensor)>>> _files = [];

    public TrainingSnapshot(TrainingWorker worker, CheckpointManifest manifest)
    {
        Manifest = manifest;
        var state = worker.State;
        var generator = Copy(state.Generator, state.Generator.Trained);
        Add(CheckpointFiles.Generator, generator);
        Add(CheckpointFiles.Average, Copy(state.Generator, worker.Average));
        Add(CheckpointFiles.Discriminator, Copy(state.Discriminator, state.Discriminator.Trained)
            .Select(member => (CheckpointFiles.DiscriminatorPrefix + member.Name, member.Tensor)));
        Add(CheckpointFiles.Projection, StateDict.Named(state.Projector).Where(member => CheckpointFiles.IsProjection(member.Name))
            .Select(member => (CheckpointFiles.ProjectorPrefix + member.Name, member.Tensor)));
        Add(CheckpointFiles.Optimizer, Moments(CheckpointFiles.GeneratorMoments, state.Generator, worker.GeneratorUpdate)
            .Concat(Moments(CheckpointFiles.DiscriminatorMoments, state.Discriminator, worker.DiscriminatorUpdate)));
    }

    public CheckpointManifest Manifest { get; }

    /// <summary>What <see cref="CheckpointStore.Write"/> takes.</summary>
    public IReadOnlyList<KeyValuePair<string, Action<string>>> Files =>
        [.. _files.Select(file => KeyValuePair.Create<string, Action<string>>(file.Key, path => TensorFile.Write(path, file.Value)))];

    public void Dispose()
    {
        foreach (var group in _groups)
        {
            group.Dispose();
        }
    }

    private void Add(string file, IEnumerable<(string Name, Tensor Tensor)> tensors) => _files.Add(KeyValuePair.Create(file, tensors.ToList()));

    private List<(string Name, Tensor Tensor)> Copy(NetworkState network, FlatGroup trained)
    {
        var copies = new[] { trained, network.Statistics, network.Counters, network.SpectralVectors }.SelectMany(group => HostCopy(group, group.Flat))
            .ToDictionary(member => member.Name, member => member.Tensor, StringComparer.Ordinal);
        return [.. StateDict.Named(network.Module).Select(member => (member.Name, copies.GetValueOrDefault(member.Name, member.Tensor)))];
    }

    private IEnumerable<(string Name, Tensor Tensor)> Moments(string prefix, NetworkState network, GradientUpdate update)
    {
        foreach (var (suffix, moment) in new[]
        {
            (CheckpointFiles.FirstMoment, update.Adam.FirstMoments[0]),
            (CheckpointFiles.SecondMoment, update.Adam.SecondMoments[0]),
        })
        {
            foreach (var (name, tensor) in HostCopy(network.Trained, moment))
            {
                yield return (prefix + name + suffix, tensor);
            }
        }
    }

    private IEnumerable<(string Name, Tensor Tensor)> HostCopy(FlatGroup layout, Tensor values)
    {
        var copy = layout.HostCopy(values);
        _groups.Add(copy);
        return copy.Named;
    }
}
