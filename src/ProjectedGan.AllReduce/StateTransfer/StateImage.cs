using static TorchSharp.torch;

namespace ProjectedGan.AllReduce.StateTransfer;

/// <summary>A state to be copied between workers: bytes of the owner's choosing and the raw bytes of tensors.</summary>
/// <param name="Header">At most 16 MiB.</param>
/// <param name="Tensors">Contiguous; on the CPU or, copied through host memory, on another device.</param>
public sealed record StateImage(byte[] Header, IReadOnlyList<Tensor> Tensors);
