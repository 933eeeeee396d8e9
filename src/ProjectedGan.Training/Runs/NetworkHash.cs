using ProjectedGan.Networks.StateDicts;
using ProjectedGan.Tensors;
using static TorchSharp.torch.nn;

namespace ProjectedGan.Training.Runs;

/// <summary>The identity of a network's weights.</summary>
internal static class NetworkHash
{
    /// <summary>SHA-256 over all tensors in state_dict order.</summary>
    public static string Of(Module network) => Bytes.Hash(StateDict.Named(network).Select(member => member.Tensor));
}
