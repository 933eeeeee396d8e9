using System.Security.Cryptography;
using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Node.Links;

/// <summary>What a node says about itself when it registers.</summary>
internal static class NodeIdentity
{
    /// <summary>A new id for this process: readable, and unique among all nodes.</summary>
    public static string NewId(string name) =>
        $"{string.Concat(name.Where(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.').Take(40))}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}";

    /// <summary>
    /// Everything about this machine that can change bits: libtorch, whether it convolves with oneDNN, the instruction set or GPU model
    /// that kernels were chosen for. Workers of one run agree on it.
    /// </summary>
    /// <exception cref="PganException">The machine computes convolutions wrongly.</exception>
    public static string Arithmetic(Device device)
    {
        var torch = TorchRuntime.Describe();
        if (device.type == DeviceType.CUDA)
        {
            var gpu = torch.CudaDevices[Math.Max(0, device.index)];
            return $"libtorch {torch.LibtorchVersion}; {gpu.Name}";
        }
        return $"libtorch {torch.LibtorchVersion}; oneDNN {(torch.OneDnnEnabled ? torch.OneDnn : "off")}; {torch.CpuCapability}";
    }
}
