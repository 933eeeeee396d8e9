using ProjectedGan.Networks.StateDicts;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.State;

/// <summary>The tensors of one copy of a network, sorted by what training does to them, each sort in one flat tensor.</summary>
internal sealed class NetworkState : IDisposable
{
    private readonly bool _ownsParameters;

    /// <summary>Takes a worker's own copy of a network over.</summary>
    public NetworkState(Module module)
    {
        Module = module;
        Order = [.. StateDict.Named(module).Select(member => member.Name)];
        _ownsParameters = true;
        Trained = FlatGroup.Adopt(Select(module, TensorRole.Trained));
        (Statistics, Counters, SpectralVectors) = AdoptBuffers(module);
    }

    /// <summary>Takes a lane's copy over: parameters are the worker's, running statistics and singular vectors its own.</summary>
    public NetworkState(Module module, NetworkState worker)
    {
        Module = module;
        Order = worker.Order;
        Trained = worker.Trained;
        Trained.Share(Select(module, TensorRole.Trained));
        (Statistics, Counters, SpectralVectors) = AdoptBuffers(module);
        Parameters = [.. Select(module, TensorRole.Trained).Select(member => member.Tensor)];
    }

    public Module Module { get; }

    /// <summary>Every name in the order of the reference's state_dict.</summary>
    public IReadOnlyList<string> Order { get; }

    public FlatGroup Trained { get; }

    public FlatGroup Statistics { get; }

    public FlatGroup Counters { get; }

    public FlatGroup SpectralVectors { get; }

    /// <summary>The trained parameters of a lane's copy, which carry gradients.</summary>
    public IReadOnlyList<Tensor> Parameters { get; } = [];

    /// <summary>Turns gradients of the lane's parameters on or off.</summary>
    public void RequireGradients(bool required)
    {
        foreach (var parameter in Parameters)
        {
            parameter.requires_grad = required;
        }
    }

    public void Dispose()
    {
        if (_ownsParameters)
        {
            Trained.Dispose();
        }
        Statistics.Dispose();
        Counters.Dispose();
        SpectralVectors.Dispose();
        Module.Dispose();
    }

    private static (FlatGroup Statistics, FlatGroup Counters, FlatGroup SpectralVectors) AdoptBuffers(Module module) => (
        FlatGroup.Adopt(Select(module, TensorRole.Statistic)),
        FlatGroup.Adopt(Select(module, TensorRole.Counter)),
        FlatGroup.Adopt(Select(module, TensorRole.SpectralVector)));

    private static List<(string Name, Tensor Tensor)> Select(Module module, TensorRole role) =>
        [.. StateDict.Named(module).Where(member => TensorRoles.Of(member.Name, member.Tensor) == role)];
}
