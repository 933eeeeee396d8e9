using ProjectedGan.Foundation;
using ProjectedGan.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace ProjectedGan.Cli.Shell;

/// <summary>Reads <c>--device</c>.</summary>
internal static class DeviceChoice
{
    /// <exception cref="UsageException">The text is no device, or there is no such GPU.</exception>
    public static Device Parse(string text)
    {
        if (text == "cpu")
        {
            return CPU;
        }

        string[] parts = text.Split(':');
        int index = 0;
        if (parts[0] != "cuda" || parts.Length > 2 || (parts.Length == 2 && !int.TryParse(parts[1], out index)) || index < 0)
        {
            throw new UsageException($"--device: '{text}' is no device; use cpu, cuda or cuda:N.");
        }

        if (!cuda.is_available())
        {
            throw new UsageException($"--device: '{text}' cannot be used: {TorchRuntime.Describe().CudaStatus} Use --device cpu.");
        }

        return index < cuda.device_count()
            ? new Device(DeviceType.CUDA, index)
            : throw new UsageException($"--device: '{text}' is not there; this machine has {cuda.device_count()} GPU(s), numbered from 0.");
    }
}
