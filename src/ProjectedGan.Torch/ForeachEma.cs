using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ProjectedGan.Torch;

/// <summary>Exponential moving averages of parameters (the generator's, for sampling and evaluation).</summary>
public static partial class ForeachEma
{
    /// <summary>averages[i] = lerp(currents[i], averages[i], beta), that is β·average + (1 − β)·current, in one pass.</summary>
    /// <param name="averages">Tensors to overwrite.</param>
    /// <param name="currents">Newest values, of the same shapes and dtypes.</param>
    /// <param name="beta">Weight of the old average, in [0, 1]; 0 copies the newest values exactly. Buffers are copied this way.</param>
    /// <exception cref="ArgumentException">The lists differ in length, or beta is out of range.</exception>
    /// <exception cref="PganException">Shapes or dtypes of a pair differ.</exception>
    public static void Lerp(IReadOnlyList<Tensor> averages, IReadOnlyList<Tensor> currents, double beta)
    {
        if (averages.Count != currents.Count)
        {
            throw new ArgumentException($"There are {averages.Count} averages for {currents.Count} current values.", nameof(currents));
        }

        if (!(beta >= 0 && beta <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(beta), beta, "The weight of the old average must lie between 0 and 1.");
        }

        var status = Lerp(Native.Handles(averages), Native.Handles(currents), averages.Count, beta);
        GC.KeepAlive((averages, currents));
        Native.Check(status);
    }

    [LibraryImport(Native.Library, EntryPoint = "pgan_torch_ema_lerp")]
    private static partial int Lerp(nint[] averages, nint[] currents, long count, double beta);
}
